package charts

import (
	"bytes"
	"image/png"

	"cohortbot/bot/credentials"
)

// Sizes of a certificate beside those of a chart.
const (
	holderSize = 24.0
	claimSize  = 11.5
	inset      = 30.0
)

// Certificate draws a certificate as a picture to share. The words for who cannot
// see it are the card's own ([credentials.Card.Alt]).
func Certificate(c credentials.Card) ([]byte, error) {
	for _, s := range []*string{&c.Name, &c.Holder, &c.Issuer, &c.Claim, &c.Standing, &c.Check} {
		*s = legible(*s)
	}
	s := newSheet(newDraft().certificate(c, 0))
	s.certificate(c, float64(s.Height())/dots)
	var b bytes.Buffer
	if err := png.Encode(&b, s.Image()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// certificate draws all of it in a frame of a height and gives the height it takes.
func (s *sheet) certificate(c credentials.Card, tall float64) float64 {
	if tall > 0 {
		s.rectangle(0, 0, width, tall, 0, colour(0))
		s.rectangle(edge, edge, width-2*edge, tall-2*edge, 5, paper)
	}
	y := inset + 6
	write := func(words string, w weight, size, after float64, faded bool) {
		shade := ink
		if faded {
			shade = faint
		}
		for _, line := range s.wrap(words, w, size, width-2*inset) {
			y += size * 1.35
			s.text(line, w, size, width/2, y-size*0.35, 0.5, shade)
		}
		y += after
	}
	write("Certificate", regular, labelSize, 4, true)
	write(c.Name, bold, titleSize, 18, false)
	write("held by", regular, smallSize, 2, true)
	write(c.Holder, bold, holderSize, 16, false)
	if c.Standing != "" {
		write(c.Standing, bold, labelSize, 10, false)
	}
	write(c.Claim, regular, claimSize, 18, false)
	s.rectangle(width/2-30, y, 60, 1.5, 0, colour(0))
	y += 14
	write("Given by "+c.Issuer, regular, smallSize, 0, false)
	write(c.Day, regular, smallSize, 14, false)
	if c.Check != "" {
		write("Whether it stands: "+c.Check, regular, tinySize, 0, true)
	}
	write("Number "+c.ID, regular, tinySize, 0, true)
	return y + inset
}
