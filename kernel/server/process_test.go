//go:build unix

package server_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"hillock/kernel/server"
	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

// The environment variables that make the test binary a kernel with the echo
// language, or a front end that starts one and waits.
const (
	asKernel   = "HILLOCK_TEST_KERNEL"   // connection file
	asFrontEnd = "HILLOCK_TEST_FRONTEND" // connection file
)

func TestMain(m *testing.M) {
	if file := os.Getenv(asKernel); file != "" {
		if err := server.Run(context.Background(), file, &servertest.Echo{}, server.Options{}); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	if file := os.Getenv(asFrontEnd); file != "" {
		kernel := kernelProcess(file)
		kernel.Env = append(kernel.Env, "JPY_PARENT_PID="+strconv.Itoa(os.Getpid()))
		kernel.Stdout = os.Stdout
		if err := kernel.Start(); err != nil {
			os.Exit(1)
		}
		kernel.Wait()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// kernelProcess is a kernel in a process of its own.
func kernelProcess(file string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asKernel+"="+file, asFrontEnd+"=")
	cmd.Stderr = os.Stderr
	return cmd
}

// startProcess starts a kernel process and connects a client.
func startProcess(t *testing.T) (*exec.Cmd, *servertest.Client) {
	t.Helper()
	conn := servertest.NewConnection(t)
	cmd := kernelProcess(servertest.WriteConnection(t, conn))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	servertest.WaitForPort(t, conn.HBPort)
	return cmd, servertest.Connect(t, conn)
}

func TestSIGINTInterruptsAndSIGTERMEnds(t *testing.T) {
	cmd, c := startProcess(t)
	for range 2 {
		id := c.Send(servertest.Shell, cell("wait for ever"))
		c.Next(servertest.IOPub, servertest.OfType("execute_input"))
		// The cell may not have begun to wait when the first signal comes.
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.Next(servertest.Shell, servertest.ReplyTo(id))
		}()
		for waiting := true; waiting; {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			select {
			case <-done:
				waiting = false
			default:
			}
		}
		c.Next(servertest.IOPub, servertest.IdleOf(id))
	}
	if reply, _ := c.Run("out yes"); status(t, reply) != wire.OK {
		t.Errorf("cell after the interrupts: %s", reply.Content)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("kernel ends with %v", err)
	}
}

func TestShutdownEndsTheProcess(t *testing.T) {
	cmd, c := startProcess(t)
	c.Request(servertest.Control, wire.ShutdownRequest{})
	if err := cmd.Wait(); err != nil {
		t.Errorf("kernel ends with %v", err)
	}
}

func TestKernelEndsWithItsParent(t *testing.T) {
	conn := servertest.NewConnection(t)
	front := exec.Command(os.Args[0])
	front.Env = append(os.Environ(), asFrontEnd+"="+servertest.WriteConnection(t, conn))
	output, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	front.Stdout = theirs
	if err := front.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	servertest.WaitForPort(t, conn.HBPort)
	if err := front.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	front.Wait()
	// The pipe ends when the front end and the kernel, which has it too, are gone.
	if _, err := io.Copy(io.Discard, output); err != nil {
		t.Error(err)
	}
}
