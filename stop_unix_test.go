//go:build unix

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hillock/kernel/nb"
)

// A run that is asked to stop, by Ctrl-C or by a scheduler's SIGTERM, writes the
// notebook as far as it came, also when its processes are asked all together, and
// twice, as timeout(1) does.
func TestAStoppedRunIsWritten(t *testing.T) {
	for _, c := range []struct {
		name    string
		signals []syscall.Signal
		all     bool // processes
		status  int
	}{
		{"interrupt", []syscall.Signal{syscall.SIGINT}, true, exitInterrupted},
		{"terminate", []syscall.Signal{syscall.SIGTERM}, false, exitTerminated},
		{"terminate all", []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM}, true, exitTerminated},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &nb.Notebook{Cells: []*nb.Cell{{Type: nb.Code, Source: "fmt.Println(\"started\")\nfor {\n}"}}}
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in.ipynb"), filepath.Join(dir, "out.ipynb")
			if err := n.WriteFile(in); err != nil {
				t.Fatal(err)
			}
			if status := stopped(t, c.signals, c.all, "run", in, "-o", out); status != c.status {
				t.Errorf("exit status %d, want %d", status, c.status)
			}
			text, err := os.ReadFile(out)
			if err != nil || !strings.Contains(string(text), `"started\n"`) || !strings.Contains(string(text), "interrupted") {
				t.Errorf("%v, %s", err, text)
			}
		})
	}
}

// A program is asked to stop, too, and its own exit status is passed on.
func TestAStoppedProgramGivesItsStatus(t *testing.T) {
	for body, want := range map[string]int{
		"fmt.Println(\"started\")\nfor {\n}": exitTerminated,
		"c := make(chan os.Signal, 9)\nsignal.Notify(c)\nfmt.Println(\"started\")\nfor s := range c {\nif s.String() == \"terminated\" {\nos.Exit(5)\n}\n}": 5,
	} {
		file := filepath.Join(t.TempDir(), "main.go")
		program := "package main\n\nimport (\n\"fmt\"\n\"os\"\n\"os/signal\"\n)\n\nvar _, _ = signal.Stop, os.Exit\n\nfunc main() {\n" + body + "\n}\n"
		if err := os.WriteFile(file, []byte(program), 0o644); err != nil {
			t.Fatal(err)
		}
		if status := stopped(t, []syscall.Signal{syscall.SIGTERM}, false, "run", file); status != want {
			t.Errorf("%s: exit status %d, want %d", body, status, want)
		}
	}
}

// stopped runs the command, sends it signals, or all of its processes, once it has
// printed "started", and gives its exit status.
func stopped(t *testing.T, signals []syscall.Signal, all bool, args ...string) int {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && lines.Text() != "started" {
	}
	target := cmd.Process.Pid
	if all {
		target = -target
	}
	for _, s := range signals {
		if err := syscall.Kill(target, s); err != nil {
			t.Fatal(err)
		}
	}
	for lines.Scan() {
	}
	_ = cmd.Wait() // the status says how it ended
	return cmd.ProcessState.ExitCode()
}
