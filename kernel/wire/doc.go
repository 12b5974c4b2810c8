// Package wire holds the messages of the Jupyter protocol: one typed struct
// for the content of each, the header around them, their frames on a ZeroMQ
// socket and their signatures. It knows no socket, no kernel and no language.
//
// A [Session] makes messages and turns them into frames; a [Reader] turns
// frames that came from a client into messages and refuses those that are
// malformed, wrongly signed or seen before.
//
// The protocol is described at
// https://jupyter-client.readthedocs.io/en/stable/messaging.html.
package wire

// ProtocolVersion is the version of the messaging protocol that the structs of
// this package follow.
const ProtocolVersion = "5.5"
