package server_test

import (
	"fmt"
	"strings"
	"testing"

	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

func TestHundredThousandLinesInFewMessages(t *testing.T) {
	_, c := start(t)
	reply, output := c.Run("lines 100000")
	if status(t, reply) != wire.OK {
		t.Fatalf("reply is %s", reply.Content)
	}
	if len(output) >= 60 {
		t.Errorf("100,000 lines came in %d messages, want fewer than 60", len(output))
	}
	var want strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&want, "line %d\n", i)
	}
	if got := servertest.Text(t, output, "stdout"); got != want.String() {
		t.Errorf("%d bytes arrived, want %d, or they differ", len(got), want.Len())
	}
}

func TestSmallPrintsAreCollected(t *testing.T) {
	_, c := start(t)
	_, output := c.Run("out a\nout b\nerr c\nerr d\nout e")
	sequence(t, output, "busy", "execute_input", "stdout", "stderr", "stdout", "idle")
	if s := servertest.Decode[wire.Stream](t, output[2]); s.Text != "a\nb\n" {
		t.Errorf("first text is %q", s.Text)
	}
}

func TestTextArrivesWhileTheCellRuns(t *testing.T) {
	language, c := start(t)
	id := c.Send(servertest.Shell, cell("out now\nwait go"))
	text := c.Next(servertest.IOPub, servertest.OfType("stream"))
	if got := servertest.Decode[wire.Stream](t, text).Text; got != "now\n" {
		t.Errorf("text is %q", got)
	}
	language.Release("go")
	c.Collect(id)
}

func TestSwitchingBetweenStreamsFastKeepsMessagesFew(t *testing.T) {
	_, c := start(t)
	var code, stdout, stderr strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&code, "out o%d\nerr e%d\n", i, i)
		fmt.Fprintf(&stdout, "o%d\n", i)
		fmt.Fprintf(&stderr, "e%d\n", i)
	}
	_, output := c.Run(code.String())
	if len(output) > 200 {
		t.Errorf("%d messages", len(output))
	}
	if servertest.Text(t, output, "stdout") != stdout.String() || servertest.Text(t, output, "stderr") != stderr.String() {
		t.Error("text of the streams is not in order")
	}
}

func TestCharactersAreNotTornBetweenMessages(t *testing.T) {
	_, c := start(t)
	// 日 in two parts with a display between them, then half a character.
	_, output := c.Run("raw 61e6\nshow x y\nraw 97a562\nraw e6")
	if got := servertest.Text(t, output, "stdout"); got != "a日b\ufffd" {
		t.Errorf("text is %q", got)
	}
}

func TestLateOutputBelongsToItsCell(t *testing.T) {
	language, c := start(t)
	first := c.Send(servertest.Shell, cell("late go from the first"))
	c.Collect(first)
	second := c.Send(servertest.Shell, cell("out second\nwait end"))
	c.Next(servertest.IOPub, servertest.OfType("stream"))
	language.Release("go")
	late := c.Next(servertest.IOPub, servertest.OfType("stream"))
	if parent := servertest.ParentID(late); parent != first {
		t.Errorf("late output has parent %s, want %s", parent, first)
	}
	if got := servertest.Decode[wire.Stream](t, late).Text; got != "from the first\n" {
		t.Errorf("late output is %q", got)
	}
	language.Release("end")
	c.Collect(second)
}
