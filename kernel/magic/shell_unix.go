//go:build unix

package magic

import (
	"os/exec"
	"syscall"
)

// shellCommand makes a command for the shell.
func shellCommand(text string) *exec.Cmd { return exec.Command("/bin/sh", "-c", text) }

// ownGroup makes the command the head of a process group.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// interruptGroup asks everything in the group to stop.
func interruptGroup(group int) { _ = syscall.Kill(-group, syscall.SIGINT) }

// killGroup ends everything in the group.
func killGroup(group int) { _ = syscall.Kill(-group, syscall.SIGKILL) }
