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
	// A group of its own keeps the console's Ctrl-C from it.
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
	var numbers []string
	for _, f := range files {
		handle := syscall.Handle(f.Fd())
		_ = syscall.SetHandleInformation(handle, syscall.HANDLE_FLAG_INHERIT, 1)
		cmd.SysProcAttr.AdditionalInheritedHandles = append(cmd.SysProcAttr.AdditionalInheritedHandles, handle)
		numbers = append(numbers, strconv.FormatUint(uint64(handle), 10))
	}
	cmd.Env = append(cmd.Env, pipesVariable+"="+strings.Join(numbers, ","))
}

// keepPrivate keeps programs that a cell starts from inheriting the file.
func keepPrivate(number uintptr) {
	_ = syscall.SetHandleInformation(syscall.Handle(number), syscall.HANDLE_FLAG_INHERIT, 0)
}

// duplicate gives a second file on the same pipe, which stays when a cell
// closes the first.
func duplicate(f *os.File) (*os.File, error) {
	self, err := syscall.GetCurrentProcess()
	if err != nil {
		return nil, os.NewSyscallError("GetCurrentProcess", err)
	}
	var handle syscall.Handle
	err = syscall.DuplicateHandle(self, syscall.Handle(f.Fd()), self, &handle, 0, false, syscall.DUPLICATE_SAME_ACCESS)
	if err != nil {
		return nil, os.NewSyscallError("DuplicateHandle", err)
	}
	return os.NewFile(uintptr(handle), f.Name()), nil
}

// killGroup ends a process with its children.
func killGroup(group int) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(group)).Run()
}

// signalName names the signal that ended a process: Windows has none.
func signalName(*os.ProcessState) string { return "" }
