package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"hillock/kernel/wire"
)

// Connection says where a kernel's clients will look for it: the content of a
// connection file, which the front end writes before it starts the kernel.
type Connection struct {
	Transport       string `json:"transport"` // tcp or ipc; empty is tcp
	IP              string `json:"ip"`        // address, or with ipc the path that socket names begin with
	ShellPort       int    `json:"shell_port"`
	IOPubPort       int    `json:"iopub_port"`
	StdinPort       int    `json:"stdin_port"`
	ControlPort     int    `json:"control_port"`
	HBPort          int    `json:"hb_port"`
	Key             string `json:"key"`              // empty turns signing off
	SignatureScheme string `json:"signature_scheme"` // empty is hmac-sha256
	// CurvePublicKey asks for encryption, which is not supported.
	CurvePublicKey string `json:"curve_publickey,omitempty"`
}

// ReadConnectionFile reads and checks a connection file.
func ReadConnectionFile(path string) (Connection, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Connection{}, fmt.Errorf("read connection file: %w; a Jupyter front end writes this file and passes its name", err)
	}
	c, err := ParseConnection(data)
	if err != nil {
		return Connection{}, fmt.Errorf("connection file %s: %w", path, err)
	}
	return c, nil
}

// ParseConnection reads and checks the content of a connection file.
func ParseConnection(data []byte) (Connection, error) {
	var c Connection
	if err := json.Unmarshal(data, &c); err != nil {
		return Connection{}, fmt.Errorf("want a JSON object: %w", err)
	}
	if c.Transport == "" {
		c.Transport = "tcp"
	}
	var problems []error
	if c.Transport != "tcp" && c.Transport != "ipc" {
		problems = append(problems, fmt.Errorf("transport is %q, want tcp or ipc", c.Transport))
	}
	if c.IP == "" {
		problems = append(problems, errors.New("ip is missing, want an address such as 127.0.0.1"))
	}
	used := make(map[int]string)
	for _, port := range c.ports() {
		if port.number < 1 || port.number > 65535 {
			problems = append(problems, fmt.Errorf("%s is %d, want 1 to 65535", port.name, port.number))
		} else if other, twice := used[port.number]; twice {
			problems = append(problems, fmt.Errorf("%s and %s are both %d", other, port.name, port.number))
		}
		used[port.number] = port.name
	}
	if _, err := wire.NewSigner(c.SignatureScheme, c.Key); err != nil {
		problems = append(problems, err)
	}
	if c.CurvePublicKey != "" {
		problems = append(problems, errors.New("curve_publickey asks for encryption with CurveZMQ, which is not supported: start the kernel without transport encryption"))
	}
	if err := errors.Join(problems...); err != nil {
		return Connection{}, errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return c, nil
}

// port is a named port of a connection.
type port struct {
	name   string
	number int
}

func (c Connection) ports() []port {
	return []port{
		{"shell_port", c.ShellPort}, {"iopub_port", c.IOPubPort}, {"stdin_port", c.StdinPort},
		{"control_port", c.ControlPort}, {"hb_port", c.HBPort},
	}
}

// endpoint is the ZeroMQ address of a port.
func (c Connection) endpoint(port int) string {
	if c.Transport == "ipc" {
		return "ipc://" + c.IP + "-" + strconv.Itoa(port)
	}
	return "tcp://" + net.JoinHostPort(c.IP, strconv.Itoa(port))
}
