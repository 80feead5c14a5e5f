package main

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"math"
	"strings"

	"git.sr.ht/~sbinet/gg"
)

func lower(s string) string { return strings.ToLower(s) }

// starPicture draws what a member could have drawn: a star with n points, one of
// them longer than the rest.
func starPicture(n int) []byte {
	const w, h = 720, 540
	c := gg.NewContext(w, h)
	paper(c)
	c.SetColor(color.RGBA{R: 0x2f, G: 0x5d, B: 0x62, A: 0xff})
	c.SetLineWidth(7)
	c.SetLineCap(gg.LineCapRound)
	c.SetLineJoin(gg.LineJoinRound)
	for i := range 2 * n {
		angle := math.Pi*float64(i)/float64(n) - math.Pi/2
		r := 88.0
		if i%2 == 0 {
			r = 178 + 14*math.Sin(float64(5*i))
			if i == 2 {
				r = 238
			}
		}
		c.LineTo(w/2+r*math.Cos(angle), h/2+20+r*math.Sin(angle))
	}
	c.ClosePath()
	c.Stroke()
	return encode(c)
}

// gatePicture draws a gate that stands half open in a hedge.
func gatePicture() []byte {
	const w, h = 720, 540
	c := gg.NewContext(w, h)
	paper(c)
	c.SetColor(color.RGBA{R: 0xcf, G: 0xdd, B: 0xe6, A: 0xff})
	c.DrawRectangle(0, 0, w, 250)
	c.Fill()
	c.SetColor(color.RGBA{R: 0xb9, G: 0xa8, B: 0x8c, A: 0xff})
	c.DrawRectangle(0, 420, w, 120)
	c.Fill()
	c.SetColor(color.RGBA{R: 0x4c, G: 0x6b, B: 0x45, A: 0xff})
	for _, x := range []float64{0, 430} {
		width := 290.0
		for i := range 40 {
			at := x + width*float64(i)/40
			c.DrawCircle(at, 230+10*math.Sin(at/19), 26)
		}
		c.DrawRectangle(x, 230, width, 200)
		c.Fill()
	}
	c.SetColor(color.RGBA{R: 0x5f, G: 0x46, B: 0x2f, A: 0xff})
	c.SetLineWidth(12)
	for i := range 5 {
		x := 300 + float64(i)*19
		c.DrawLine(x, 262+float64(i)*9, x, 428+float64(i)*5)
	}
	c.DrawLine(300, 300, 376, 330)
	c.DrawLine(300, 390, 376, 412)
	c.Stroke()
	return encode(c)
}

func paper(c *gg.Context) {
	c.SetColor(color.RGBA{R: 0xf7, G: 0xf3, B: 0xea, A: 0xff})
	c.Clear()
}

func encode(c *gg.Context) []byte {
	var b bytes.Buffer
	if err := c.EncodePNG(&b); err != nil {
		panic(err) // a picture in memory: there is nothing that could fail
	}
	return b.Bytes()
}

// hum makes a recording of two seconds: two notes, softly, as a WAV file (16
// bits, one channel).
func hum() []byte {
	const rate, seconds = 11025, 2
	samples := make([]int16, rate*seconds)
	for i := range samples {
		t := float64(i) / rate
		note := 196.0
		if t > 1 {
			note = 220
		}
		fade := math.Min(1, 6*math.Min(math.Mod(t, 1), 1-math.Mod(t, 1)))
		samples[i] = int16(5000 * fade * (math.Sin(2*math.Pi*note*t) + 0.3*math.Sin(4*math.Pi*note*t)))
	}
	var b bytes.Buffer
	size := uint32(2 * len(samples))
	for _, v := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1),
		uint32(rate), uint32(2 * rate), uint16(2), uint16(16), []byte("data"), size, samples,
	} {
		_ = binary.Write(&b, binary.LittleEndian, v) // into memory
	}
	return b.Bytes()
}
