package server_test

import (
	"testing"

	"hillock/kernel/server"
	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

// BenchmarkStart measures from the start of a kernel to its first
// kernel_info_reply, with the time that the client takes to connect.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		k := servertest.Start(b, &servertest.Echo{}, server.Options{Orphan: true})
		c := servertest.Connect(b, k.Connection)
		c.Request(servertest.Shell, wire.KernelInfoRequest{})
		b.StopTimer()
		c.Request(servertest.Control, wire.ShutdownRequest{})
		if err := k.Wait(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkCell measures a trivial cell from its request to its idle status.
func BenchmarkCell(b *testing.B) {
	k := servertest.Start(b, &servertest.Echo{}, server.Options{Orphan: true})
	c := servertest.Connect(b, k.Connection)
	for b.Loop() {
		c.Run("value 1")
	}
}

// BenchmarkHundredThousandLines measures a cell that prints 100,000 lines.
func BenchmarkHundredThousandLines(b *testing.B) {
	k := servertest.Start(b, &servertest.Echo{}, server.Options{Orphan: true})
	c := servertest.Connect(b, k.Connection)
	for b.Loop() {
		_, output := c.Run("lines 100000")
		b.ReportMetric(float64(len(output)), "messages")
	}
}
