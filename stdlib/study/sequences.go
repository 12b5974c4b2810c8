package study

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"hillock/internal/sharing"
	"hillock/stdlib/nn"
	"hillock/stdlib/notebook"
)

// RunAll runs sequences side by side, as many at a time as there are cores, and gives
// the rounds of each. Several runs of a study, with other seeds or embeddings, are done
// sooner than one after the other: the small batches of one run can't keep all cores
// busy. What a sequence finds does not depend on those beside it. One bar counts the
// rounds of all; the views of single trainings are not shown, and what they warn of comes
// at the end. The cores are shared out among those that run at the same time, unless
// their Options.Goroutines says how many each may have.
//
// The first failure stops the others. Their complete rounds are kept, and RunAll, or
// Run of each, goes on from there. It fails at once when two sequences would write the
// same files, or share an embedding that one of them retrains: give each a copy of its
// own. A frozen one may be shared.
//
//	all := must(study.RunAll(ctx, sequences...))
//	all[0].Last().Sample(ctx, 1000)
func RunAll(ctx context.Context, sequences ...Sequence) ([]*Rounds, error) {
	rounds, files := 0, map[string]int{}
	for i, s := range sequences {
		s.fill()
		rounds += max(s.Rounds, 0)
		path := filepath.Join(s.Folder, s.Name)
		if first, twice := files[path]; twice && s.Name != "" {
			return nil, fmt.Errorf("study: sequences %d and %d are both called %s; give each a Name of its own", first, i, s.Name)
		}
		files[path] = i
	}
	if first, second, shared := sharing.Retrained(len(sequences), func(i int) (nn.Module, bool) {
		return sequences[i].Options.Embedding, sequences[i].Options.Retrain
	}); shared {
		return nil, fmt.Errorf("study: sequences %d and %d share an embedding that is retrained; give each a copy of its own", first, second)
	}
	bar := notebook.NewProgress(notebook.ProgressOptions{Total: rounds, Label: fmt.Sprintf("%d inferences", len(sequences)), Unit: "rounds"})
	found := make([]*Rounds, len(sequences))
	which, err := sharing.SideBySide(ctx, len(sequences), func(ctx context.Context, i, goroutines int) (err error) {
		s := sequences[i]
		s.each = func() { bar.Add(1) }
		s.Options.Quiet = true
		s.Options.Goroutines = cmp.Or(s.Options.Goroutines, goroutines)
		found[i], err = s.Run(ctx)
		return err
	})
	bar.Done() // before the warnings, which else would go with it
	switch {
	case err != nil && which < 0:
		return nil, fmt.Errorf("study: %w", err)
	case err != nil:
		return nil, err
	}
	for i, r := range found {
		if !sequences[i].Options.Quiet {
			r.sayWarnings(sequences[i].Name)
		}
	}
	return found, nil
}

// sayWarnings shows what the rounds warn of, each warning once.
func (r *Rounds) sayWarnings(name string) {
	said := map[string]bool{"": true}
	for i, report := range r.Inference.Reports() {
		if said[report.Warning] {
			continue
		}
		said[report.Warning] = true
		line := notebook.NewProgress(notebook.ProgressOptions{Label: name})
		line.Say(fmt.Sprintf("round %d: %s", i+1, report.Warning))
		line.Done()
	}
}
