package study

import (
	"context"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/gonum/stat"

	"hillock/stdlib/notebook"
	"hillock/stdlib/sbi"
)

// Repeats is what many observations of one parameter vector say about how wide
// posteriors are. Each observation has its own posterior; their means scatter.
//
// With a normal posterior much narrower than the prior, Scatter is Width where the
// estimator is right, and above it where it is too sure. Where the prior counts,
// posteriors are drawn towards its middle and their means scatter less: by Width
// times the root of the contraction, when both are normal. Coverage is the level on
// average over the prior; at one parameter vector it need not be, but is nearly so
// where the posterior is narrow and nearly normal.
type Repeats struct {
	*Judgement           // of the posteriors of all parameters together
	Names      []string  // of the parameters
	Truth      []float64 // the parameter vector
	Mean       []float64 // of the posteriors' means
	Scatter    []float64 // standard deviation of those means
	Width      []float64 // mean of the posteriors' standard deviations
	// Place is, for every observation and parameter, the share of the posterior that
	// lies below the truth.
	Place [][]float64
}

// RepeatsRow is a parameter's line in the table of Repeats.
type RepeatsRow struct {
	Parameter string
	Truth     float64
	Mean      float64 // of the posteriors' means
	Scatter   float64 // standard deviation of those means
	Width     float64 // mean of the posteriors' standard deviations
	// Within50, Within90 and Within95 are the shares of observations, in percent, whose
	// posterior holds the truth within its central 50, 90 and 95 %.
	Within50, Within90, Within95 float64
}

// JudgeRepeats gives an amortized estimator many observations of one parameter
// vector and compares their posteriors, of draws samples each, with it. Observations
// that are nil are left out. Several estimators are judged as an ensemble of equal
// weights. It fails when fewer than two observations are left, and as Judge does.
func JudgeRepeats(ctx context.Context, theta []float64, xs [][]float64, draws int, seed uint64, estimators ...sbi.Amortized) (*Repeats, error) {
	truths := make([][]float64, len(xs))
	for i := range truths {
		truths[i] = theta
	}
	var names []string
	var means, widths, place [][]float64
	judged, err := judge(ctx, truths, xs, draws, seed, estimators, func(s *sbi.Samples) {
		names = s.Names
		means, widths = append(means, s.Mean()), append(widths, s.Std())
		place = append(place, places(theta, s.Values))
	})
	if err != nil {
		return nil, err
	}
	if len(means) < 2 {
		return nil, fmt.Errorf("study: judge repeats: one of %d observations is usable; want two or more", len(xs))
	}
	r := &Repeats{Judgement: judged, Names: names, Truth: slices.Clone(theta), Place: place}
	for d := range names {
		mean, scatter := stat.MeanStdDev(column(means, d), nil)
		r.Mean, r.Scatter = append(r.Mean, mean), append(r.Scatter, scatter)
		r.Width = append(r.Width, stat.Mean(column(widths, d), nil))
	}
	return r, nil
}

// places gives, for every parameter, where a value lies among draws, between 0 and 1.
func places(theta []float64, draws [][]float64) []float64 {
	at := make([]float64, len(theta))
	for d, v := range theta {
		below := 0.5
		for _, draw := range draws {
			if draw[d] < v {
				below++
			}
		}
		at[d] = below / float64(len(draws)+1)
	}
	return at
}

// column gives a value of every row.
func column(rows [][]float64, d int) []float64 {
	values := make([]float64, len(rows))
	for i, row := range rows {
		values[i] = row[d]
	}
	return values
}

// Within is, for every parameter, the share of observations whose posterior holds
// the truth within its central interval of a level, such as 0.9.
func (r *Repeats) Within(level float64) []float64 {
	shares := make([]float64, len(r.Names))
	for d := range shares {
		for _, at := range r.Place {
			if math.Abs(at[d]-0.5) <= level/2 {
				shares[d]++
			}
		}
		shares[d] /= float64(len(r.Place))
	}
	return shares
}

// Table gives a line for every parameter.
func (r *Repeats) Table() []RepeatsRow {
	rows := make([]RepeatsRow, len(r.Names))
	half, most, nearly := r.Within(0.5), r.Within(0.9), r.Within(0.95)
	for d, name := range r.Names {
		rows[d] = RepeatsRow{name, r.Truth[d], r.Mean[d], r.Scatter[d], r.Width[d], 100 * half[d], 100 * most[d], 100 * nearly[d]}
	}
	return rows
}

// summary says how often the posteriors of all parameters together hold the truth,
// with the standard errors that calibrated ones would have.
func (r *Repeats) summary() string {
	var shares, errors []string
	for _, level := range []float64{0.5, 0.9, 0.95} {
		shares = append(shares, fmt.Sprintf("%.0f", 100*r.Coverage(level)))
		errors = append(errors, fmt.Sprintf("%.0f", 100*math.Sqrt(level*(1-level)/float64(len(r.Denser)))))
	}
	return fmt.Sprintf("%d observations of the same parameters: regions of 50, 90, 95 %% hold them in %s %% (± %s)",
		len(r.Denser), strings.Join(shares, ", "), strings.Join(errors, ", "))
}

// String gives the coverage of all parameters together and the table.
func (r *Repeats) String() string {
	width := len("parameter")
	for _, name := range r.Names {
		width = max(width, utf8.RuneCountInString(name))
	}
	text := fmt.Sprintf("%s\n%-*s %10s %10s %10s %10s %15s", r.summary(), width, "parameter", "truth", "mean", "scatter", "width", "within 50/90/95")
	for _, row := range r.Table() {
		text += fmt.Sprintf("\n%-*s %10.4g %10.4g %10.3g %10.3g %15s", width, row.Parameter, row.Truth, row.Mean, row.Scatter, row.Width,
			fmt.Sprintf("%.0f/%.0f/%.0f %%", row.Within50, row.Within90, row.Within95))
	}
	return text
}

// MIMEBundle shows the coverage of all parameters together above the table.
func (r *Repeats) MIMEBundle() notebook.Bundle {
	b := notebook.Represent(r.Table())
	b.Data[notebook.MIMEHTML] = fmt.Sprintf("<p>%s</p>%s", html.EscapeString(r.summary()), b.Data[notebook.MIMEHTML])
	b.Data[notebook.MIMEText] = r.String()
	return b
}
