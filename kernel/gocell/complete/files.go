package complete

import (
	"os"
	"path/filepath"
	"strings"
)

// mostFiles is how many files of a folder are proposed.
const mostFiles = 500

// file proposes the files and folders that continue a path, and gives where its
// last name begins. Without anything typed it proposes nothing: most strings are
// not paths. Hidden files are proposed when a dot is typed.
func (c *completer) file(text string) (start int) {
	start = strings.LastIndexAny(text, `/\`) + 1
	if text == "" || strings.ContainsAny(text, "\n\"`*?") {
		return start
	}
	folder := text[:start]
	if folder == "" {
		folder = "."
	}
	if rest, ok := strings.CutPrefix(folder, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return start
		}
		folder = filepath.Join(home, rest)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return start
	}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, text[start:]) || name[0] == '.' && start == len(text) {
			continue
		}
		if entry.IsDir() {
			name += "/"
		}
		if c.add(candidate{Match: Match{Text: name, Kind: File}}); len(c.list) == mostFiles {
			break
		}
	}
	return start
}
