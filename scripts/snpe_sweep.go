//go:build ignore

// Snpe_sweep infers the codes of an emulated neuron, or the parameters of a
// simulated one, once for each combination of what the estimator sees, its density,
// how later rounds propose, their simulations, and the seed: what the studies
// snpe-simulated, snpe-2d, snpe-4d and snpe-8d do, at any size.
//
//	go run ./scripts/snpe_sweep.go -observe features,raw -density MAF,NSF -simulations 1000,4000
//	go run ./scripts/snpe_sweep.go -observe frozen,retrained -rounds 20 -simulations 1000 -seeds 3 -box=false -batch 50
//	hillock run scripts/snpe_sweep.go -p target=simulated -p observe=frozen,FCNN,wavelet,raw -p rounds=10 -p proposals=truncated
//
// An estimator of one round serves every observation and is judged by many, whose
// truths come from the prior; one of several rounds aims at the target and is judged
// by repeats of it (those of the simulated neuron are all the same).
//
// Results go to snpe-sweep.csv and snpe-sweep.arrow in the folder of -out, and the
// log-probability of the true parameters after each round to snpe-sweep-rounds.csv
// and snpe-sweep-rounds.arrow. A sweep that was stopped or killed goes on: runs that
// are in the table are left out, a run goes on after its last complete round. Several
// at once may share the folder, each with its own lists or -seed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"

	"hillock/stdlib/adex"
	"hillock/stdlib/bss2"
	"hillock/stdlib/dataset"
	"hillock/stdlib/nn"
	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	err := run(ctx)
	if err != nil && ctx.Err() != nil {
		err = errors.New("stopped; the same command goes on from here")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "snpe_sweep:", err)
		os.Exit(1)
	}
}

// densities are the families by name.
var densities = map[string]sbi.Density{
	"MAF": sbi.MAF{}, "large MAF": sbi.MAF{Transforms: 10, Hidden: 100}, "NSF": sbi.NSF{}, "coupling": sbi.CouplingFlow{}, "MDN": sbi.MDN{},
}

// families are their names, in the order of the help.
var families = []string{"MAF", "large MAF", "NSF", "coupling", "MDN"}

// sights are what an estimator can be shown.
var sights = []string{"features", "raw", "wavelet", "FCNN", "frozen", "retrained", "summary", "convolutional"}

// setting is what a run is made with.
type setting struct {
	target                        string
	parameters                    int
	observe, density, proposals   string
	rounds, first, simulations    int
	epochs, batch                 int
	lr, decay                     float64
	box                           bool
	latent, traces, encoderEpochs int // of the trained encoder; 0 where there is none
	seed                          int
}

// settingNames are the columns of a setting.
func settingNames() []string {
	return []string{
		"target", "parameters", "observe", "density", "proposals", "rounds", "first", "simulations", "epochs", "batch", "lr", "decay", "box",
		"latent", "traces", "encoder epochs", "seed",
	}
}

// key gives the values of settingNames.
func (s setting) key() []any {
	return []any{
		s.target, s.parameters, s.observe, s.density, s.proposals, s.rounds, s.first, s.simulations, s.epochs, s.batch, s.lr, s.decay, s.box,
		s.latent, s.traces, s.encoderEpochs, s.seed,
	}
}

// name is a file's name that no other setting has.
func (s setting) name() string {
	var parts []string
	for _, k := range s.key() {
		parts = append(parts, fmt.Sprint(k))
	}
	return strings.ReplaceAll(strings.Join(parts, "-"), " ", "_")
}

// plan is what the command line asks for.
type plan struct {
	neuron       *neuron
	settings     []setting
	observations int    // that estimators are judged by
	out          string // the folder of everything
}

// parse reads the command line. All is checked before the first run, which may take
// hours.
func parse() (*plan, error) {
	var s setting
	flag.StringVar(&s.target, "target", "slow", "what is inferred: the thesis's observation slow or fast of the emulated chip, or the simulated one")
	flag.IntVar(&s.parameters, "parameters", 4, "that are inferred: 2, 4 or 8 codes; the simulated neuron has 4")
	observe := flag.String("observe", "features,raw", "what estimators see, with commas between: "+strings.Join(sights, ", ")+
		"; frozen and retrained are a trained autoencoder's encoder; FCNN, summary and convolutional learn with the estimator from the beginning")
	density := flag.String("density", "MAF,NSF", "families, with commas between: "+strings.Join(families, ", "))
	flag.IntVar(&s.rounds, "rounds", 1, "of each run")
	proposals := flag.String("proposals", "atoms", "of later rounds, with commas between: atoms (SNPE-C), truncated (TSNPE)")
	simulations := flag.String("simulations", "1000,4000", "of each round, with commas between")
	flag.IntVar(&s.first, "first", 0, "simulations of the first of several rounds; 0 means as many as of the others")
	flag.IntVar(&s.epochs, "epochs", 100, "of training in each round, at most")
	flag.IntVar(&s.batch, "batch", 200, "samples of a batch; 50 in the thesis's time")
	flag.Float64Var(&s.lr, "lr", 1e-3, "learning rate; that of FCNN is at most 3e-4")
	flag.Float64Var(&s.decay, "decay", 1, "factor on the learning rate in each epoch of the second half of -epochs")
	flag.BoolVar(&s.box, "box", true, "map the prior's box to all numbers, so that nothing leaks out of it; the thesis does not")
	flag.IntVar(&s.latent, "latent", 32, "size of the trained encoder's latent vector")
	flag.IntVar(&s.traces, "traces", 4000, "that the encoder is trained on; the thesis has 200,000")
	flag.IntVar(&s.encoderEpochs, "encoder-epochs", 20, "of the encoder's training; the thesis has 150")
	observations := flag.Int("observations", 200, "that estimators are judged by")
	seeds := flag.Int("seeds", 1, "runs of each, from seeds -seed, -seed + 1, …")
	flag.IntVar(&s.seed, "seed", 1, "the first seed")
	out := flag.String("out", "sweeps", "folder of the results, rounds, data and weights")
	flag.Parse()

	if flag.NArg() > 0 {
		return nil, fmt.Errorf("what is %q for? Lists have commas between, and stand in quotes where there are spaces", flag.Arg(0))
	}
	for _, n := range []struct {
		flag        string
		value, want int
	}{{"rounds", s.rounds, 1}, {"epochs", s.epochs, 1}, {"batch", s.batch, 1}, {"traces", s.traces, 10}, {"encoder-epochs", s.encoderEpochs, 1}, {"observations", *observations, 1}, {"seeds", *seeds, 1}, {"seed", s.seed, 1}} {
		if n.value < n.want {
			return nil, fmt.Errorf("-%s %d; want %d or more", n.flag, n.value, n.want)
		}
	}
	if s.first < 0 || s.first > 0 && s.rounds == 1 {
		return nil, fmt.Errorf("-first %d with -rounds %d; it is for two rounds or more, and not below 0", s.first, s.rounds)
	}
	if _, err := nn.NewConvAE(nn.ConvAEOptions{Latent: s.latent}); err != nil {
		return nil, fmt.Errorf("-latent %d: %w", s.latent, err)
	}
	if !(s.lr > 0) || !(s.decay > 0 && s.decay <= 1) {
		return nil, fmt.Errorf("-lr %g, -decay %g; want a rate above 0, and a factor above 0 and at most 1", s.lr, s.decay)
	}
	n, err := newNeuron(s.target, s.parameters)
	if err != nil {
		return nil, err
	}
	all, err := combine(s, *observe, *density, *proposals, *simulations, *seeds)
	return &plan{neuron: n, settings: all, observations: *observations, out: *out}, err
}

// combine gives the combinations of the lists, those of a seed after one another.
func combine(s setting, observe, density, proposals, simulations string, seeds int) ([]setting, error) {
	seen, err := list("observe", observe, sights)
	if err != nil {
		return nil, err
	}
	flows, err := list("density", density, families)
	if err != nil {
		return nil, err
	}
	ways, err := list("proposals", proposals, []string{"atoms", "truncated"})
	if err != nil {
		return nil, err
	}
	if s.rounds == 1 {
		ways = []string{"prior"} // there are no later rounds
	}
	counts, err := list("simulations", simulations, nil)
	if err != nil {
		return nil, err
	}
	if s.target == "simulated" && slices.Contains(seen, "features") {
		return nil, errors.New("-observe features: those are of the chip's recordings, not of the simulated neuron")
	}
	var all []setting
	for end := s.seed + seeds; s.seed < end; s.seed++ {
		for _, text := range counts {
			count, err := strconv.Atoi(text)
			if err != nil || count < 1 {
				return nil, fmt.Errorf("-simulations %q; want whole numbers above 0, with commas between", simulations)
			}
			for _, sight := range seen {
				for _, flow := range flows {
					for _, way := range ways {
						one := s
						one.observe, one.density, one.proposals, one.simulations = sight, flow, way, count
						if one.first == 0 {
							one.first = count
						}
						if sight != "frozen" && sight != "retrained" {
							one.latent, one.traces, one.encoderEpochs = 0, 0, 0
						}
						all = append(all, one)
					}
				}
			}
		}
	}
	return all, nil
}

// list splits a flag's list, whose elements must be among the known, if there are
// any.
func list(name, text string, known []string) ([]string, error) {
	var all []string
	for _, element := range strings.Split(text, ",") {
		element = strings.TrimSpace(element)
		if known != nil && !slices.Contains(known, element) {
			return nil, fmt.Errorf("-%s %q is none of %s", name, element, strings.Join(known, ", "))
		}
		all = append(all, element)
	}
	return all, nil
}

func run(ctx context.Context) error {
	p, err := parse()
	if err != nil {
		return err
	}
	sweep, err := study.OpenSweep(filepath.Join(p.out, "snpe-sweep"), append(settingNames(), "observations"),
		[]string{"log-probability", "score", "coverage 50", "coverage 90", "coverage 95", "contraction"})
	if err != nil {
		return err
	}
	byRound, err := study.OpenSweep(filepath.Join(p.out, "snpe-sweep-rounds"), append(settingNames(), "round"), []string{"log-probability"})
	if err != nil {
		return err
	}
	for _, s := range p.settings {
		key := append(s.key(), p.observations)
		if sweep.Has(key...) {
			continue
		}
		found, err := p.neuron.infer(ctx, s, p.out)
		if err != nil {
			return err
		}
		logs, err := found.LogProb(ctx, p.neuron.truth)
		if err != nil {
			return err
		}
		for i, l := range logs {
			if at := append(s.key(), i+1); !byRound.Has(at...) {
				if err := byRound.Add([]float64{l}, at...); err != nil {
					return err
				}
			}
		}
		j, err := p.neuron.judge(ctx, s, found.Inference, p.observations)
		if err != nil {
			return err
		}
		values := []float64{logs[len(logs)-1], j.Score(), j.Coverage(0.5), j.Coverage(0.9), j.Coverage(0.95), stat.Mean(j.Contraction, nil)}
		if err := sweep.Add(values, key...); err != nil {
			return err
		}
		fmt.Printf("%s, %s, %d × %d simulations (%s), seed %d: score %.2f\n", s.observe, s.density, s.rounds, s.simulations, s.proposals, s.seed, j.Score())
	}
	fmt.Print(sweep)
	return nil
}

// neuron is what is inferred, and from what.
type neuron struct {
	source   dataset.Source
	recorder study.Recorder // of the chip; the simulated neuron has none
	prior    sbi.Prior
	truth    []float64
}

func newNeuron(target string, parameters int) (*neuron, error) {
	if target == "simulated" {
		if parameters != 4 {
			return nil, fmt.Errorf("-parameters %d; the simulated neuron has 4", parameters)
		}
		n := &neuron{source: dataset.AdEx{Ranges: adex.Table2()}, truth: []float64{80, 50, 80, -55}} // table 4: a, τ_w, b, V_r
		var err error
		n.prior, err = study.Simulator{Source: n.source}.Prior()
		return n, err
	}
	config, known := map[string]bss2.Config{"slow": bss2.XSlow(), "fast": bss2.XFast()}[target]
	if !known {
		return nil, fmt.Errorf("-target %q is none of slow, fast, simulated", target)
	}
	ranges, known := map[int]bss2.Ranges{2: bss2.Ranges2D(), 4: bss2.Ranges4D(), 8: bss2.Ranges8D()}[parameters]
	if !known {
		return nil, fmt.Errorf("-parameters %d is none of 2, 4, 8", parameters)
	}
	chip := dataset.Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: ranges}
	n := &neuron{source: chip, recorder: study.Recorder{Neuron: chip.Neuron, Ranges: ranges, Samples: 10_000}}
	n.truth = n.recorder.Theta(config)
	var err error
	n.prior, err = n.recorder.Prior()
	return n, err
}

// simulator gives what an estimator is shown.
func (n *neuron) simulator(observe string) sbi.Simulator {
	if n.recorder.Neuron == nil {
		return study.Simulator{Source: n.source}
	}
	r := n.recorder
	r.Observe = study.Trace
	if observe == "features" {
		r.Observe = study.Features
	}
	return r
}

// embedding gives the options that put what stands before the estimator there.
func (n *neuron) embedding(ctx context.Context, s setting, folder string) (o sbi.Options, err error) {
	seed := uint64(s.seed)
	o.LR = s.lr
	switch s.observe {
	case "wavelet":
		o.Embedding = nn.HaarEmbedding(4)
	case "FCNN":
		o.Embedding, o.Retrain, o.StandardiseInput = nn.NewFCNN(1024, rand.New(rand.NewPCG(seed, 0))), true, sbi.PerValue
		o.LR = min(o.LR, 3e-4) // at 1e-3 it learns next to nothing (snpe-simulated)
	case "frozen", "retrained":
		kind := fmt.Sprintf("chip-%dd", s.parameters)
		if n.recorder.Neuron == nil {
			kind = "adex"
		}
		// Read anew for each run, since retraining changes it.
		ae, err := study.Autoencoder(ctx, n.source, study.EncoderOptions{
			Name: kind, Traces: s.traces, Epochs: s.encoderEpochs, Latent: s.latent, Seed: 213, Folder: folder,
		})
		if err != nil {
			return o, err
		}
		o.Embedding, o.Retrain = ae.Encoder(), s.observe == "retrained"
	case "summary":
		o.Retrain, o.StandardiseInput = true, sbi.Structured
		o.Embedding, err = study.NewSummary(study.SummaryOptions{Seed: seed})
	case "convolutional":
		ae, err := nn.NewConvAE(nn.ConvAEOptions{Seed: seed})
		if err != nil {
			return o, err
		}
		o.Embedding, o.Retrain, o.StandardiseInput = ae.Encoder(), true, sbi.Structured
	}
	return o, err
}

// infer runs the rounds that are missing. Draws come from the seed, so that runs of
// one seed begin with the same simulations.
func (n *neuron) infer(ctx context.Context, s setting, folder string) (*study.Rounds, error) {
	o, err := n.embedding(ctx, s, folder)
	if err != nil {
		return nil, err
	}
	simulator := n.simulator(s.observe)
	x, err := simulator.Simulate(ctx, [][]float64{n.truth}, 1)
	if err != nil {
		return nil, err
	}
	o.Observation, o.Density, o.Truncated = x[0], densities[s.density], s.proposals == "truncated"
	o.Batch, o.MaxEpochs, o.Seed = s.batch, s.epochs, uint64(s.seed)
	if s.box {
		o.Support = sbi.BoxProbit
	}
	if s.decay < 1 {
		o.Schedule = nn.Schedule{DecayFrom: s.epochs / 2, Decay: s.decay}
	}
	return study.Sequence{
		Name: s.name(), Prior: n.prior, Simulator: simulator, Rounds: s.rounds, First: s.first, Simulations: s.simulations,
		Options: o, Folder: filepath.Join(folder, "inference"),
	}.Run(ctx)
}

// judge judges an estimator by observations of the prior's draws, or, when its rounds
// aimed at the target, by repeats of that.
func (n *neuron) judge(ctx context.Context, s setting, inf *sbi.Inference, observations int) (*study.Judgement, error) {
	truths := sbi.Draw(n.prior, observations, 1000)
	if s.rounds > 1 {
		truths = slices.Repeat([][]float64{n.truth}, observations)
	}
	xs, err := n.simulator(s.observe).Simulate(ctx, truths, 1000)
	if err != nil {
		return nil, err
	}
	return study.Judge(ctx, truths, xs, 300, 1000, inf)
}
