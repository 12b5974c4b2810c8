//go:build unix

package worker

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// passPipes makes the command inherit the files and tells it where they are.
func passPipes(cmd *exec.Cmd, files []*os.File) {
	var numbers []string
	for _, f := range files {
		numbers = append(numbers, strconv.Itoa(3+len(cmd.ExtraFiles)))
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	cmd.Env = append(cmd.Env, pipesVariable+"="+strings.Join(numbers, ","))
	// A group of its own keeps the terminal's Ctrl-C from it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// keepPrivate keeps programs that a cell starts from inheriting the file.
func keepPrivate(number uintptr) { syscall.CloseOnExec(int(number)) }

// duplicate gives a second file on the same pipe, which stays when a cell
// closes the first.
func duplicate(f *os.File) (*os.File, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	number, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return nil, os.NewSyscallError("dup", err)
	}
	syscall.CloseOnExec(number)
	return os.NewFile(uintptr(number), f.Name()), nil
}

// killGroup ends a process group at once.
func killGroup(group int) { _ = syscall.Kill(-group, syscall.SIGKILL) }

// signalName names the signal that ended a process; empty if none did.
func signalName(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal().String()
	}
	return ""
}
