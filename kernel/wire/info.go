package wire

// KernelInfoRequest asks what the kernel is and can.
type KernelInfoRequest struct{}

// MessageType is kernel_info_request.
func (KernelInfoRequest) MessageType() string { return "kernel_info_request" }

// KernelInfoReply says what the kernel is and can.
type KernelInfoReply struct {
	Status                Status       `json:"status"`
	ProtocolVersion       string       `json:"protocol_version"`
	Implementation        string       `json:"implementation"`
	ImplementationVersion string       `json:"implementation_version"`
	LanguageInfo          LanguageInfo `json:"language_info"`
	Banner                string       `json:"banner"`
	HelpLinks             []HelpLink   `json:"help_links"`
	Debugger              bool         `json:"debugger"`
	SupportedFeatures     []string     `json:"supported_features"`
}

// MessageType is kernel_info_reply.
func (KernelInfoReply) MessageType() string { return "kernel_info_reply" }

// FeatureSubshells is the supported feature of kernels that have subshells.
const FeatureSubshells = "kernel subshells"

// LanguageInfo describes the language of a kernel.
type LanguageInfo struct {
	Name           string `json:"name"`
	Version        string `json:"version"`
	MIMEType       string `json:"mimetype"`
	FileExtension  string `json:"file_extension"`
	PygmentsLexer  string `json:"pygments_lexer,omitempty"`
	CodeMirrorMode string `json:"codemirror_mode,omitempty"`
	NBExporter     string `json:"nbconvert_exporter,omitempty"`
}

// HelpLink is an entry of the front end's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}
