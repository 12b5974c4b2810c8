// Package servertest has what tests of a kernel need: a client that speaks the
// protocol over real sockets of another ZeroMQ implementation's socket types,
// a way to start a kernel in the test's process, and [Echo], a language of a
// few commands.
package servertest
