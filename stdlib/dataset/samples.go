package dataset

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"hillock/stdlib/nn"
)

// Samples are rows of a dataset as training reads them: traces normalised to 0
// to 1, which are their own targets, as an autoencoder wants them. They are read
// from disk as they are needed.
type Samples struct {
	dataset *Dataset
	rows    []int // in the order of the dataset
	noise   NoiseOptions
}

var (
	_ nn.Samples = (*Samples)(nil)
	_ nn.Orderer = (*Samples)(nil)
)

// NoiseOptions add noise to the inputs of training, but not to its targets, to
// train a denoising autoencoder. The zero value adds none.
type NoiseOptions struct {
	SNR  float64 // signal-to-noise ratio, dB; the thesis has 20; 0 adds no noise
	Seed uint64  // of the noise; each row has its own, the same each time it is read
}

// Samples gives all rows for training.
func (d *Dataset) Samples() *Samples {
	s := &Samples{dataset: d, rows: make([]int, d.Len())}
	for i := range s.rows {
		s.rows[i] = i
	}
	return s
}

// Split parts the dataset at random, by its own seed, into training, validation
// and test sets whose sizes are as the shares: Split(8, 1, 1) is the thesis's.
// Shares below 0 count as 0; a set of no rows is one that training refuses.
func (d *Dataset) Split(train, validation, test int) nn.Split {
	train, validation, test = max(train, 0), max(validation, 0), max(test, 0)
	sum := max(1, train+validation+test)
	n := d.Len()
	places := rand.New(rand.NewPCG(d.manifest.Seed, 0x73706c6974)).Perm(n) // a stream of its own: "split"
	first, second := n*train/sum, n*(train+validation)/sum
	part := func(places []int) *Samples {
		rows := slices.Clone(places)
		slices.Sort(rows)
		return &Samples{dataset: d, rows: rows}
	}
	return nn.Split{Train: part(places[:first]), Validation: part(places[first:second]), Test: part(places[second:])}
}

// WithNoise gives the same rows with noise on their inputs.
func (s *Samples) WithNoise(o NoiseOptions) *Samples {
	noisy := *s
	noisy.noise = o
	return &noisy
}

// Len is the number of rows.
func (s *Samples) Len() int { return len(s.rows) }

// Shape is that of a trace, input and target alike.
func (s *Samples) Shape() (input, target []int) {
	points := s.dataset.Points()
	return []int{points}, []int{points}
}

// Read copies the traces at places into inputs and targets.
func (s *Samples) Read(places []int, inputs, targets []float32) error {
	points, d := s.dataset.Points(), s.dataset.manifest.Description
	for i, p := range places {
		if p < 0 || p >= len(s.rows) {
			return fmt.Errorf("dataset: sample %d of %d", p, len(s.rows))
		}
		row, err := s.dataset.Row(s.rows[p])
		if err != nil {
			return err
		}
		target := targets[i*points : (i+1)*points]
		copy(target, row.Points)
		Normalise(target, d.Low, d.High)
		input := inputs[i*points : (i+1)*points]
		copy(input, target)
		if s.noise.SNR != 0 {
			AddNoise(input, s.noise.SNR, rand.New(rand.NewPCG(s.noise.Seed, scatter(uint64(s.rows[p])))))
		}
	}
	return nil
}

// Order gives every place once: shards in random order, in groups that fit into
// memory together, and the rows of a group shuffled.
func (s *Samples) Order(random *rand.Rand) []int {
	var shards [][]int // places of each shard
	last := -1
	for place, row := range s.rows {
		if shard := row / s.dataset.manifest.ShardRows; shard != last {
			shards, last = append(shards, nil), shard
		}
		shards[len(shards)-1] = append(shards[len(shards)-1], place)
	}
	random.Shuffle(len(shards), func(i, j int) { shards[i], shards[j] = shards[j], shards[i] })
	order := make([]int, 0, len(s.rows))
	for from := 0; from < len(shards); from += cacheShards {
		start := len(order)
		for _, places := range shards[from:min(from+cacheShards, len(shards))] {
			order = append(order, places...)
		}
		group := order[start:]
		random.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
	}
	return order
}
