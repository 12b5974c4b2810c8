package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
)

// Signer signs messages with the key of the connection file. Its zero value,
// like any Signer with an empty key, signs nothing and accepts everything.
type Signer struct {
	key  []byte
	hash func() hash.Hash
}

// NewSigner makes a signer. Scheme is the connection file's signature_scheme:
// hmac-sha256, which every client uses, or hmac-sha384 or hmac-sha512; empty
// is hmac-sha256. An empty key turns signing off.
func NewSigner(scheme, key string) (Signer, error) {
	s := Signer{key: []byte(key)}
	switch scheme {
	case "", "hmac-sha256":
		s.hash = sha256.New
	case "hmac-sha384":
		s.hash = sha512.New384
	case "hmac-sha512":
		s.hash = sha512.New
	default:
		return Signer{}, fmt.Errorf("signature scheme %q is not supported: want hmac-sha256", scheme)
	}
	return s, nil
}

// Enabled says whether messages are signed at all.
func (s Signer) Enabled() bool { return len(s.key) > 0 }

// Sign gives the signature of a message's header, parent header, metadata and
// content frames, in hexadecimal; empty without a key.
func (s Signer) Sign(frames ...[]byte) []byte {
	if !s.Enabled() {
		return []byte{}
	}
	mac := hmac.New(s.hash, s.key)
	for _, frame := range frames {
		mac.Write(frame)
	}
	sum := mac.Sum(nil)
	return hex.AppendEncode(make([]byte, 0, hex.EncodedLen(len(sum))), sum)
}

// Verify says whether a signature is that of the frames. It takes the same
// time wherever the two differ.
func (s Signer) Verify(signature []byte, frames ...[]byte) bool {
	return !s.Enabled() || hmac.Equal(signature, s.Sign(frames...))
}
