package magic

import (
	"os/exec"
	"strconv"
	"syscall"
)

// shellCommand makes a command for the shell, whose own quoting it keeps.
func shellCommand(text string) *exec.Cmd {
	cmd := exec.Command("cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /S /C "` + text + `"`}
	return cmd
}

// ownGroup makes the command the head of a process group.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr.CreationFlags = syscall.CREATE_NEW_PROCESS_GROUP
}

// interruptGroup ends everything in the group: there is no way to ask.
func interruptGroup(group int) { killGroup(group) }

// killGroup ends the process with its children.
func killGroup(group int) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(group)).Run()
}
