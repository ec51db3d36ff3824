package classify

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"privacybot/ticket"
)

// modelFile is written by classify/train: see Model.Encode for its form.
//
//go:embed model.bin
var modelFile []byte

const modelMagic = "PBC1"

// Model is a linear model, one row of weights for each right of [ModelRights], added to the log odds
// of the rules. Its weights are kept in one byte each.
type Model struct {
	Weights []int8    // buckets × rights
	Scale   []float32 // by right: what one step of a weight is worth
	Bias    []float32
	Trust   []float32 // by right: share of the rules' log odds
	Slope   float32   // calibration of the sum, fitted on mails that training had not seen; see EVALUATION.md
	Shift   float32
}

// Buckets is the length of the model's vectors.
func Buckets() int { return buckets }

// Encode writes the model: magic, number of rights, then scale, bias and trust of each, slope and
// shift, all little-endian float32, then the weights bucket by bucket.
func (m Model) Encode() []byte {
	out := append([]byte(modelMagic), byte(len(m.Bias)))
	for _, list := range [][]float32{m.Scale, m.Bias, m.Trust, {m.Slope, m.Shift}} {
		for _, f := range list {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
		}
	}
	for _, w := range m.Weights {
		out = append(out, byte(w))
	}
	return out
}

// decodeModel reads what Encode wrote; an empty file is no model.
func decodeModel(b []byte) (*Model, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if len(b) < 5 || string(b[:4]) != modelMagic {
		return nil, errors.New("model.bin: unknown format; run go run ./classify/train")
	}
	n := int(b[4])
	if n != len(ModelRights()) || len(b) != 5+4*(3*n+2)+buckets*n {
		return nil, fmt.Errorf("model.bin: made for other features; run go run ./classify/train")
	}
	b = b[5:]
	next := func(k int) []float32 {
		list := make([]float32, k)
		for i := range list {
			list[i] = math.Float32frombits(binary.LittleEndian.Uint32(b))
			b = b[4:]
		}
		return list
	}
	m := &Model{Scale: next(n), Bias: next(n), Trust: next(n)}
	end := next(2)
	m.Slope, m.Shift = end[0], end[1]
	m.Weights = make([]int8, len(b))
	for i, w := range b {
		m.Weights[i] = int8(w)
	}
	return m, nil
}

// odds gives the log odds of each right before calibration.
func (m *Model) odds(x Example) []float64 {
	n := len(m.Bias)
	sum := make([]float32, n)
	for _, f := range x.Features {
		row := m.Weights[int(f.Bucket)*n : int(f.Bucket)*n+n]
		for r, w := range row {
			sum[r] += f.Value * float32(w)
		}
	}
	out := make([]float64, n)
	for r := range out {
		out[r] = float64(sum[r]*m.Scale[r] + m.Bias[r] + m.Trust[r]*float32(x.Rules[r]))
	}
	return out
}

// certain is the most that is ever said of a right.
const certain = 0.99

// Limits of the rules' log odds, so that one loud rule does not silence the model.
const (
	leastOdds = -3.0
	mostOdds  = 4.0
)

// ruleOdds gives what the rules say of every right of ModelRights.
func (a *analysis) ruleOdds(f childFinding) []float64 {
	rights := ModelRights()
	out := make([]float64, len(rights))
	for i, r := range rights {
		p := ruleConfidence(a.score[r])
		if r == ticket.Child {
			p = f.probability()
		}
		out[i] = math.Max(leastOdds, math.Min(mostOdds, math.Log((p+0.02)/(1.02-p))))
	}
	return out
}

func sqrt(x float64) float64 { return math.Sqrt(x) }

// probabilities gives the confidence in each right.
func (c *Classifier) probabilities(a *analysis, f childFinding) map[ticket.Right]float64 {
	odds := a.ruleOdds(f)
	if c.model != nil {
		odds = c.model.odds(Example{Features: c.features(a, f), Rules: odds})
		for i := range odds {
			odds[i] = odds[i]*float64(c.model.Slope) + float64(c.model.Shift)
		}
	}
	out := make(map[ticket.Right]float64, len(odds))
	for i, r := range ModelRights() {
		out[r] = min(certain, 1/(1+math.Exp(-odds[i])))
	}
	out[ticket.Child] = f.bounded(out[ticket.Child])
	return out
}
