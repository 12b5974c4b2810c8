package wire

import "sync"

// Reader reads the messages that clients send. It may be used from several
// goroutines.
type Reader struct {
	signer Signer
	mu     sync.Mutex
	seen   [2]map[string]struct{} // signatures: the newest, and those before them
}

// NewReader makes a reader that checks signatures with signer.
func NewReader(signer Signer) *Reader { return &Reader{signer: signer} }

// signaturesKept is how many signatures one generation of the replay check
// remembers: at least so many messages must pass before one could be replayed.
const signaturesKept = 1 << 15

// Read turns the frames of one multipart message into a message. Its error
// wraps ErrNoDelimiter, ErrTooShort, ErrSignature, ErrReplayed or ErrMalformed;
// such a message is to be dropped.
func (r *Reader) Read(frames [][]byte) (*Message, error) {
	identities, rest, err := split(frames)
	if err != nil {
		return nil, err
	}
	signature := rest[signatureFrame]
	if !r.signer.Verify(signature, rest[headerFrame:fixedFrames]...) {
		return nil, ErrSignature
	}
	m, err := parse(identities, rest)
	if err != nil {
		return nil, err
	}
	if r.signer.Enabled() && !r.first(string(signature)) {
		return nil, ErrReplayed
	}
	return m, nil
}

// first remembers a signature and says whether it was new.
func (r *Reader) first(signature string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, generation := range r.seen {
		if _, again := generation[signature]; again {
			return false
		}
	}
	if r.seen[0] == nil || len(r.seen[0]) >= signaturesKept {
		r.seen[1] = r.seen[0]
		r.seen[0] = make(map[string]struct{})
	}
	r.seen[0][signature] = struct{}{}
	return true
}
