package documents

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"html/template"
	"image"
	"image/draw"
	_ "image/gif" // read, and written as JPEG
	"image/jpeg"
	_ "image/png" // likewise
	"io"

	scale "golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // likewise
)

// picture is a picture fit for a page: an own copy without what a camera wrote into
// it, such as where it was taken. The file itself stays as it is.
type picture struct {
	Data          []byte
	Type          string // "image/jpeg" or "image/png"
	Width, Height int    // pixels
	Alt, Caption  string
	Path          string // of the file itself in the zip; empty for what was drawn
}

const (
	mostPixels  = 60_000_000 // of a picture that is read
	mostAcross  = 1400       // of a picture on a page
	mostPicture = 40 << 20   // bytes
	quality     = 84
)

// errNoPicture says that something is no picture that can be shown.
var errNoPicture = errors.New("it is no picture that can be shown")

// shown makes a picture of a file.
func shown(r io.Reader) (picture, error) {
	data, err := io.ReadAll(io.LimitReader(r, mostPicture+1))
	if err != nil {
		return picture{}, err
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || len(data) > mostPicture || c.Width <= 0 || c.Height <= 0 || c.Width*c.Height > mostPixels {
		return picture{}, errNoPicture
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return picture{}, errNoPicture
	}
	w, h := c.Width, c.Height
	if most := max(w, h); most > mostAcross {
		w, h = max(w*mostAcross/most, 1), max(h*mostAcross/most, 1)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src) // what is see-through is white
	scale.ApproxBiLinear.Scale(small, small.Bounds(), m, m.Bounds(), draw.Over, nil)
	small = upright(small, orientation(data))
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: quality}); err != nil {
		return picture{}, err
	}
	return picture{Data: b.Bytes(), Type: "image/jpeg", Width: small.Rect.Dx(), Height: small.Rect.Dy()}, nil
}

// chartPicture takes a picture that was drawn as it is.
func chartPicture(png []byte) (picture, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(png))
	return picture{Data: png, Type: "image/png", Width: c.Width, Height: c.Height}, err
}

// Inline gives the picture as an address that holds it: a page that is opened
// without the rest of the zip shows it all the same.
func (p picture) Inline() template.URL {
	return template.URL("data:" + p.Type + ";base64," + base64.StdEncoding.EncodeToString(p.Data)) // ours: a type of two, and base64
}

// orientation gives how the camera was held, from 1 to 8, as EXIF counts.
func orientation(jpeg []byte) int {
	for at := 2; at+4 <= len(jpeg) && jpeg[0] == 0xff && jpeg[1] == 0xd8 && jpeg[at] == 0xff; {
		size := int(binary.BigEndian.Uint16(jpeg[at+2:]))
		if jpeg[at+1] == 0xe1 && at+2+size <= len(jpeg) && size > 16 && string(jpeg[at+4:at+10]) == "Exif\x00\x00" {
			return exifOrientation(jpeg[at+10 : at+2+size])
		}
		if jpeg[at+1] == 0xda || size < 2 {
			break // the picture itself begins
		}
		at += 2 + size
	}
	return 1
}

func exifOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	const tag, entry = 0x0112, 12
	first := int(order.Uint32(tiff[4:]))
	if first < 8 || first+2 > len(tiff) {
		return 1
	}
	for n := range int(order.Uint16(tiff[first:])) {
		at := first + 2 + n*entry
		if at+entry > len(tiff) {
			break
		}
		if order.Uint16(tiff[at:]) == tag {
			if o := int(order.Uint16(tiff[at+8:])); o >= 1 && o <= 8 {
				return o
			}
		}
	}
	return 1
}

// upright turns a picture as the camera was held.
func upright(m *image.RGBA, how int) *image.RGBA {
	if how == 1 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	turned := image.Rect(0, 0, w, h)
	if how >= 5 {
		turned = image.Rect(0, 0, h, w)
	}
	to := image.NewRGBA(turned)
	for y := range turned.Dy() {
		for x := range turned.Dx() {
			var fx, fy int
			switch how {
			case 2:
				fx, fy = w-1-x, y
			case 3:
				fx, fy = w-1-x, h-1-y
			case 4:
				fx, fy = x, h-1-y
			case 5:
				fx, fy = y, x
			case 6:
				fx, fy = y, h-1-x
			case 7:
				fx, fy = w-1-y, h-1-x
			default:
				fx, fy = w-1-y, x
			}
			to.SetRGBA(x, y, m.RGBAAt(fx, fy))
		}
	}
	return to
}
