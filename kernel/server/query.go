package server

import (
	"context"
	"unicode/utf8"

	"hillock/kernel/wire"
)

func (s *Server) kernelInfo(context.Context, *request) (wire.Content, error) {
	info := s.language.Info()
	links := make([]wire.HelpLink, 0, len(info.HelpLinks))
	for _, l := range info.HelpLinks {
		links = append(links, wire.HelpLink(l))
	}
	return wire.KernelInfoReply{
		Status:                wire.OK,
		ProtocolVersion:       wire.ProtocolVersion,
		Implementation:        info.Implementation,
		ImplementationVersion: info.ImplementationVersion,
		LanguageInfo: wire.LanguageInfo{
			Name: info.Name, Version: info.Version, MIMEType: info.MIMEType, FileExtension: info.FileExtension,
			PygmentsLexer: info.PygmentsLexer, CodeMirrorMode: info.CodeMirrorMode, NBExporter: info.NBExporter,
		},
		Banner:            info.Banner,
		HelpLinks:         links,
		SupportedFeatures: []string{wire.FeatureSubshells},
	}, nil
}

func (s *Server) connect(context.Context, *request) (wire.Content, error) {
	c := s.connection
	return wire.ConnectReply{
		Status: wire.OK, ShellPort: c.ShellPort, IOPubPort: c.IOPubPort,
		StdinPort: c.StdinPort, HBPort: c.HBPort, ControlPort: c.ControlPort,
	}, nil
}

func (s *Server) complete(ctx context.Context, r *request) (wire.Content, error) {
	var ask wire.CompleteRequest
	if err := r.message.Decode(&ask); err != nil {
		return nil, err
	}
	cursor := cursorIn(ask.Code, ask.Cursor)
	found, err := s.language.Complete(ctx, ask.Code, cursor)
	if err != nil {
		return nil, err
	}
	reply := wire.CompleteReply{
		Status: wire.OK, Start: found.Start, End: found.End,
		Matches: make([]string, 0, len(found.Matches)), Metadata: make(map[string]any),
	}
	if len(found.Matches) == 0 {
		reply.Start, reply.End = cursor, cursor
	}
	for key, value := range found.Extra {
		reply.Metadata[key] = value
	}
	types := make([]wire.MatchType, 0, len(found.Matches))
	for _, m := range found.Matches {
		reply.Matches = append(reply.Matches, m.Text)
		types = append(types, wire.MatchType{
			Text: m.Text, Type: m.Kind, Signature: m.Signature, Start: found.Start, End: found.End,
		})
	}
	reply.Metadata[wire.MatchTypesKey] = types
	return reply, nil
}

func (s *Server) inspect(ctx context.Context, r *request) (wire.Content, error) {
	var ask wire.InspectRequest
	if err := r.message.Decode(&ask); err != nil {
		return nil, err
	}
	found, err := s.language.Inspect(ctx, ask.Code, cursorIn(ask.Code, ask.Cursor), ask.Detail)
	if err != nil {
		return nil, err
	}
	b := s.encodable(found.Bundle)
	return wire.InspectReply{Status: wire.OK, Found: found.Found, Data: b.Data, Metadata: b.Metadata}, nil
}

// cursorIn gives a cursor within the code, in code points; its end when the
// client gave none.
func cursorIn(code string, cursor *int) int {
	end := utf8.RuneCountInString(code)
	if cursor == nil {
		return end
	}
	return min(max(*cursor, 0), end)
}

func (s *Server) isComplete(ctx context.Context, r *request) (wire.Content, error) {
	var ask wire.IsCompleteRequest
	if err := r.message.Decode(&ask); err != nil {
		return nil, err
	}
	answer, err := s.language.IsComplete(ctx, ask.Code)
	if err != nil {
		return nil, err
	}
	return wire.IsCompleteReply{Status: string(answer.Status), Indent: answer.Indent}, nil
}

func (s *Server) historyOf(_ context.Context, r *request) (wire.Content, error) {
	var ask wire.HistoryRequest
	if err := r.message.Decode(&ask); err != nil {
		return nil, err
	}
	entries, err := s.history.find(ask)
	if err != nil {
		return nil, err
	}
	return wire.HistoryReply{Status: wire.OK, History: entries}, nil
}
