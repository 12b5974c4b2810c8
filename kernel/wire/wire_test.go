package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"
)

// signer gives a signer with a key, or without one when it is empty.
func signer(t testing.TB, key string) Signer {
	t.Helper()
	s, err := NewSigner("hmac-sha256", key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSignatureIsTheStandards uses the test vectors of RFC 4231, section 4.
func TestSignatureIsTheStandards(t *testing.T) {
	for _, test := range []struct{ scheme, key, data, want string }{
		{"hmac-sha256", "Jefe", "what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"", "Jefe", "what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"hmac-sha512", "Jefe", "what do ya want for nothing?",
			"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
		{"hmac-sha384", "Jefe", "what do ya want for nothing?",
			"af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
		{"hmac-sha256", "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", "Hi There",
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
	} {
		s, err := NewSigner(test.scheme, test.key)
		if err != nil {
			t.Fatal(err)
		}
		half := len(test.data) / 2 // frames are signed one after the other
		got := s.Sign([]byte(test.data[:half]), nil, []byte(test.data[half:]))
		if string(got) != test.want {
			t.Errorf("%s of %q is %s, want %s", test.scheme, test.data, got, test.want)
		}
		if !s.Verify([]byte(test.want), []byte(test.data)) || s.Verify([]byte(test.want), []byte(test.data+"!")) {
			t.Errorf("%s: Verify disagrees with Sign", test.scheme)
		}
	}
	if _, err := NewSigner("md5", "k"); err == nil {
		t.Error("an unknown scheme is no error")
	}
}

func TestMessagesComeBackAsTheyWere(t *testing.T) {
	for _, key := range []string{"", "key"} {
		session := NewSession("user", signer(t, key))
		reader := NewReader(signer(t, key))
		m, err := session.Message(json.RawMessage(`{"msg_id":"p"}`), ExecuteRequest{Code: "a <b> & \"日本🎉\"\x00\n", Silent: true})
		if err != nil {
			t.Fatal(err)
		}
		m.Identities = [][]byte{{0, 1, 255}, []byte("x")}
		m.Metadata = json.RawMessage(`{"cellId":"1"}`)
		m.Buffers = [][]byte{{}, {1, 2}, []byte(Delimiter)}
		got, err := reader.Read(session.Frames(m))
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", m) {
			t.Errorf("message came back as %+v, want %+v", got, m)
		}
		var content ExecuteRequest
		if err := got.Decode(&content); err != nil || content.Code != "a <b> & \"日本🎉\"\x00\n" || !content.Silent {
			t.Errorf("content came back as %+v, %v", content, err)
		}
		if got.Header.Session != session.ID || got.Header.Type != "execute_request" || got.Header.Version != ProtocolVersion {
			t.Errorf("header is %+v", got.Header)
		}
		if sent, err := got.Time(); err != nil || time.Since(sent) > time.Hour || time.Until(sent) > time.Second {
			t.Errorf("date is %q, %v", got.Header.Date, err)
		}
	}
}

func TestIDsAreUnique(t *testing.T) {
	session := NewSession("user", Signer{})
	seen := map[string]bool{session.ID: true, NewUUID(): true, NewSession("user", Signer{}).ID: true}
	if len(seen) != 3 {
		t.Errorf("sessions share an id: %v", seen)
	}
	for range 1000 {
		m, err := session.Message(nil, KernelInfoRequest{})
		if err != nil || seen[m.Header.ID] {
			t.Fatalf("id %s came twice, %v", m.Header.ID, err)
		}
		seen[m.Header.ID] = true
	}
}

func TestReaderSaysWhyItRefuses(t *testing.T) {
	session := NewSession("user", signer(t, "key"))
	message := func() [][]byte {
		m, err := session.Message(nil, KernelInfoRequest{})
		if err != nil {
			t.Fatal(err)
		}
		m.Identities = [][]byte{[]byte("client")}
		return session.Frames(m)
	}
	reader := NewReader(signer(t, "key"))
	first := message()
	if _, err := reader.Read(first); err != nil {
		t.Fatal(err)
	}
	wrong := message()
	wrong[2] = bytes.ToUpper(wrong[2])
	broken := message()
	broken[3] = []byte("{")
	broken[2] = signer(t, "key").Sign(broken[3:]...)
	for name, test := range map[string]struct {
		frames [][]byte
		want   error
	}{
		"no frames":    {nil, ErrNoDelimiter},
		"no delimiter": {message()[2:], ErrNoDelimiter},
		"too few":      {message()[:6], ErrTooShort},
		"signature":    {wrong, ErrSignature},
		"replayed":     {first, ErrReplayed},
		"malformed":    {broken, ErrMalformed},
	} {
		if _, err := reader.Read(test.frames); !errors.Is(err, test.want) {
			t.Errorf("%s: error is %v, want %v", name, err, test.want)
		}
	}
}

func TestReplaysAreRememberedForLong(t *testing.T) {
	reader := NewReader(signer(t, "key"))
	for i := range 2*signaturesKept + 10 {
		if !reader.first(fmt.Sprint(i)) {
			t.Fatalf("signature %d counts as seen", i)
		}
		if early := i - signaturesKept + 1; early >= 0 && reader.first(fmt.Sprint(early)) {
			t.Fatalf("signature %d was forgotten after %d more", early, i-early)
		}
	}
	if n := len(reader.seen[0]) + len(reader.seen[1]); n > 2*signaturesKept {
		t.Errorf("%d signatures are kept", n)
	}
}

func TestExecuteRequestDefaults(t *testing.T) {
	var r ExecuteRequest
	if err := json.Unmarshal([]byte(`{"code":"x"}`), &r); err != nil {
		t.Fatal(err)
	}
	if !r.StoreHistory || !r.StopOnError || r.Silent || r.AllowStdin {
		t.Errorf("defaults are %+v", r)
	}
}

func TestReplyTypes(t *testing.T) {
	for request, want := range map[string]string{
		"execute_request": "execute_reply", "_request": "", "comm_msg": "", "execute_request_": "", "": "",
	} {
		if got, ok := ReplyType(request); got != want || ok != (want != "") {
			t.Errorf("reply to %q is %q, %v", request, got, ok)
		}
	}
}

// FuzzRead gives the reader any frames: they must be refused with one of the
// documented errors, or be a message that comes back the same when written.
func FuzzRead(f *testing.F) {
	good := []byte("id\n<IDS|MSG>\nsig\n" + `{"msg_id":"1","msg_type":"x","session":"s"}` + "\n{}\n{}\n" + `{"a":[1,null]}` + "\nbuffer")
	f.Add(good, "", false)
	f.Add(good, "key", false)
	f.Add(good, "key", true)
	f.Add([]byte("<IDS|MSG>\n\n\n\n\n"), "", false)
	f.Add([]byte("<IDS|MSG>\n\n{\"msg_id\":{}}\nnull\n[]\n\"\""), "", false)
	f.Fuzz(func(t *testing.T, data []byte, key string, sign bool) {
		frames := bytes.Split(data, []byte("\n"))
		s := signer(t, key)
		if _, rest, err := split(frames); err == nil && sign {
			rest[signatureFrame] = s.Sign(rest[headerFrame:fixedFrames]...)
		}
		m, err := NewReader(s).Read(frames)
		if err != nil {
			for _, known := range []error{ErrNoDelimiter, ErrTooShort, ErrSignature, ErrReplayed, ErrMalformed} {
				if errors.Is(err, known) {
					return
				}
			}
			t.Fatalf("error %v is none of the documented", err)
		}
		session := NewSession("user", s)
		again, err := NewReader(s).Read(session.Frames(m))
		if err != nil {
			t.Fatalf("message %+v can't be read back: %v", m, err)
		}
		if fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", m) {
			t.Errorf("message %+v came back as %+v", m, again)
		}
		for _, content := range []any{
			new(ExecuteRequest), new(CompleteRequest), new(InspectRequest), new(IsCompleteRequest), new(HistoryRequest),
			new(CommOpen), new(CommMessage), new(CommClose), new(CommInfoRequest), new(ShutdownRequest), new(InputReply),
			new(DeleteSubshellRequest),
		} {
			_ = m.Decode(content) // an error is as good as a value, a panic isn't
		}
	})
}
