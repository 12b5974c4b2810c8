package nn

import (
	"fmt"
	"math"
)

// Metrics compare reconstructed traces with the originals (thesis, equations 12
// to 19). Each is computed for every trace and averaged over the traces.
type Metrics struct {
	CR   float64 // compression ratio, size of the trace over size of the latent vector (eq. 12)
	PRD  float64 // percentage root mean square difference, % (eq. 14)
	PRDN float64 // the same against the trace without its mean, % (eq. 15)
	QS   float64 // quality score, CR/PRD (eq. 16)
	RMSE float64 // root of the mean squared error (eq. 13)
	MSE  float64 // mean squared error (eq. 8)
	// SNRIn, SNROut and SNRImp are the signal-to-noise ratios of the noisy input and
	// of the reconstruction, and their difference, in dB (eqs. 17 to 19). NaN when
	// there is no noisy input.
	SNRIn, SNROut, SNRImp float64
	Traces                int // number of traces
}

// Compare computes the metrics of traces, their reconstructions and, if noisy is
// not nil, the noisy traces that were encoded, all of shape (traces, points).
// latent is the size of the latent vector. It fails when shapes differ. Traces
// that are zero everywhere have no PRD and count with the value of an infinite
// one, so keep them out.
func Compare(original, reconstructed, noisy *Tensor, latent int) (Metrics, error) {
	if original == nil || reconstructed == nil || original.Rank() != 2 || !sameShape(original, reconstructed) || noisy != nil && !sameShape(original, noisy) {
		return Metrics{}, fmt.Errorf("nn: compare: traces, reconstructions and noisy traces must have one shape (traces, points)")
	}
	if latent < 1 {
		return Metrics{}, fmt.Errorf("nn: compare: latent size %d; want 1 or more", latent)
	}
	points := original.Dim(1)
	m := Metrics{CR: float64(points) / float64(latent), Traces: original.Dim(0), SNRIn: math.NaN(), SNROut: math.NaN(), SNRImp: math.NaN()}
	var snrIn, snrOut float64
	for r := range m.Traces {
		x, y := original.Data[r*points:][:points], reconstructed.Data[r*points:][:points]
		var sum, power, errors, noise float64
		for i, v := range x {
			d := float64(y[i]) - float64(v)
			sum += float64(v)
			power += float64(v) * float64(v)
			errors += d * d
			if noisy != nil {
				e := float64(noisy.Data[r*points+i]) - float64(v)
				noise += e * e
			}
		}
		mean, spread := sum/float64(points), 0.0
		for _, v := range x {
			spread += (float64(v) - mean) * (float64(v) - mean)
		}
		m.MSE += errors / float64(points)
		m.RMSE += math.Sqrt(errors / float64(points))
		m.PRD += 100 * math.Sqrt(errors/power)
		m.PRDN += 100 * math.Sqrt(errors/spread)
		snrIn += 10 * math.Log10(power/noise)
		snrOut += 10 * math.Log10(power/errors)
	}
	n := float64(m.Traces)
	m.MSE, m.RMSE, m.PRD, m.PRDN = m.MSE/n, m.RMSE/n, m.PRD/n, m.PRDN/n
	m.QS = m.CR / m.PRD
	if noisy != nil {
		m.SNRIn, m.SNROut = snrIn/n, snrOut/n
		m.SNRImp = m.SNROut - m.SNRIn
	}
	return m, nil
}

// String is the metrics in one line.
func (m Metrics) String() string {
	text := fmt.Sprintf("%d traces: CR %.3f, PRD %.3f %%, PRDN %.3f %%, QS %.3f, RMSE %.4g, MSE %.4g", m.Traces, m.CR, m.PRD, m.PRDN, m.QS, m.RMSE, m.MSE)
	if !math.IsNaN(m.SNRImp) {
		text += fmt.Sprintf(", SNR %.2f dB in, %.2f dB out, improved by %.2f dB", m.SNRIn, m.SNROut, m.SNRImp)
	}
	return text
}

// AnomalyScores are the mean squared errors of the reconstructions, one a trace:
// a trace unlike those that the autoencoder was trained on scores high. It fails
// when shapes differ.
func AnomalyScores(original, reconstructed *Tensor) ([]float64, error) {
	if original == nil || reconstructed == nil || original.Rank() != 2 || !sameShape(original, reconstructed) {
		return nil, fmt.Errorf("nn: anomaly scores: traces and reconstructions must have one shape (traces, points)")
	}
	points := original.Dim(1)
	scores := make([]float64, original.Dim(0))
	for r := range scores {
		for i := range points {
			d := float64(original.Data[r*points+i]) - float64(reconstructed.Data[r*points+i])
			scores[r] += d * d / float64(points)
		}
	}
	return scores, nil
}
