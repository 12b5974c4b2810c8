#include "textflag.h"
#include "go_asm.h"

// The assembler does not know these instructions.
#define CONFIG       BYTE $0xC4; BYTE $0xE2; BYTE $0x78; BYTE $0x49; BYTE $0x00 // LDTILECFG (AX)
#define RELEASE      BYTE $0xC4; BYTE $0xE2; BYTE $0x78; BYTE $0x49; BYTE $0xC0 // TILERELEASE
#define ZERO_C(i)    BYTE $0xC4; BYTE $0xE2; BYTE $0x7B; BYTE $0x49; BYTE $(0xC0+8*i) // TILEZERO TMMi
#define LOAD_C(i)    BYTE $0xC4; BYTE $0x82; BYTE $0x7B; BYTE $0x4B; BYTE $(0x04+8*i); BYTE $0x2C // TILELOADD (R12)(R13*1), TMMi
#define STORE_C(i)   BYTE $0xC4; BYTE $0x82; BYTE $0x7A; BYTE $0x4B; BYTE $(0x04+8*i); BYTE $0x2C // TILESTORED TMMi, (R12)(R13*1)
#define LOAD_A0      BYTE $0xC4; BYTE $0xA2; BYTE $0x7B; BYTE $0x4B; BYTE $0x24; BYTE $0x06 // TILELOADD (SI)(R8*1), TMM4
#define LOAD_A1      BYTE $0xC4; BYTE $0x82; BYTE $0x7B; BYTE $0x4B; BYTE $0x2C; BYTE $0x01 // TILELOADD (R9)(R8*1), TMM5
#define LOAD_B0      BYTE $0xC4; BYTE $0xA2; BYTE $0x7B; BYTE $0x4B; BYTE $0x34; BYTE $0x17 // TILELOADD (DI)(R10*1), TMM6
#define LOAD_B1      BYTE $0xC4; BYTE $0x82; BYTE $0x7B; BYTE $0x4B; BYTE $0x3C; BYTE $0x13 // TILELOADD (R11)(R10*1), TMM7
#define C0_A0_B0     BYTE $0xC4; BYTE $0xE2; BYTE $0x4A; BYTE $0x5C; BYTE $0xC4 // TDPBF16PS TMM6, TMM4, TMM0
#define C1_A0_B1     BYTE $0xC4; BYTE $0xE2; BYTE $0x42; BYTE $0x5C; BYTE $0xCC // TDPBF16PS TMM7, TMM4, TMM1
#define C2_A1_B0     BYTE $0xC4; BYTE $0xE2; BYTE $0x4A; BYTE $0x5C; BYTE $0xD5 // TDPBF16PS TMM6, TMM5, TMM2
#define C3_A1_B1     BYTE $0xC4; BYTE $0xE2; BYTE $0x42; BYTE $0x5C; BYTE $0xDD // TDPBF16PS TMM7, TMM5, TMM3

// func product(j *job)
TEXT ·product(SB), NOSPLIT, $0-8
	MOVQ j+0(FP), CX
	LEAQ job_config(CX), AX
	CONFIG
	MOVQ CX, AX
	MOVQ job_steps(AX), CX
	MOVQ job_aOff(AX), R14
	MOVQ job_aRow(AX), R8
	MOVQ R8, R15
	SHLQ $4, R15
	MOVQ job_bRow(AX), R10
	MOVQ job_bOff(AX), DX
	MOVQ job_cRow(AX), R13
	MOVQ job_flags(AX), BX

	// C's tiles, from memory or as zeros.
	ZERO_C(0)
	ZERO_C(1)
	ZERO_C(2)
	ZERO_C(3)
	TESTQ $const_flagAdd, BX
	JZ    step
	MOVQ  job_c(AX), R12
	LOAD_C(0)
	TESTQ $const_flagWide, BX
	JZ    left
	ADDQ  $64, R12
	LOAD_C(1)

left:
	TESTQ $const_flagTall, BX
	JZ    step
	MOVQ  R13, R12
	SHLQ  $4, R12
	ADDQ  job_c(AX), R12
	LOAD_C(2)
	TESTQ $const_flagWide, BX
	JZ    step
	ADDQ  $64, R12
	LOAD_C(3)

	// A's high halves with B's low ones, then B's high ones, then A's low ones with
	// those.
step:
	MOVQ  (R14), SI
	ADDQ  $8, R14
	ADDQ  job_a(AX), SI
	LEAQ  (SI)(R15*1), R9
	MOVQ  (DX), DI
	ADDQ  $8, DX
	ADDQ  job_b(AX), DI
	ADDQ  job_bLow(AX), DI
	LEAQ  64(DI), R11
	LOAD_A0
	LOAD_B0
	C0_A0_B0
	TESTQ $const_flagWide, BX
	JZ    low1
	LOAD_B1
	C1_A0_B1

low1:
	TESTQ $const_flagTall, BX
	JZ    high
	LOAD_A1
	C2_A1_B0
	TESTQ $const_flagWide, BX
	JZ    high
	C3_A1_B1

high:
	SUBQ  job_bLow(AX), DI
	SUBQ  job_bLow(AX), R11
	LOAD_B0
	C0_A0_B0
	TESTQ $const_flagWide, BX
	JZ    high1
	LOAD_B1
	C1_A0_B1

high1:
	TESTQ $const_flagTall, BX
	JZ    last
	C2_A1_B0
	TESTQ $const_flagWide, BX
	JZ    last
	C3_A1_B1

last:
	ADDQ  job_aLow(AX), SI
	ADDQ  job_aLow(AX), R9
	LOAD_A0
	C0_A0_B0
	TESTQ $const_flagWide, BX
	JZ    last1
	C1_A0_B1

last1:
	TESTQ $const_flagTall, BX
	JZ    after
	LOAD_A1
	C2_A1_B0
	TESTQ $const_flagWide, BX
	JZ    after
	C3_A1_B1

after:
	DECQ CX
	JNZ  step

	MOVQ  job_c(AX), R12
	STORE_C(0)
	TESTQ $const_flagWide, BX
	JZ    down
	ADDQ  $64, R12
	STORE_C(1)

down:
	TESTQ $const_flagTall, BX
	JZ    done
	MOVQ  R13, R12
	SHLQ  $4, R12
	ADDQ  job_c(AX), R12
	STORE_C(2)
	TESTQ $const_flagWide, BX
	JZ    done
	ADDQ  $64, R12
	STORE_C(3)

done:
	RELEASE
	RET
