package frameworks

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// This file speaks 1EdTech CASE 1.1 (Competencies and Academic Standards
// Exchange): https://www.imsglobal.org/spec/case/v1p1. A level of the framework
// becomes a CFItem with its CFItemType, and an isChildOf association with its
// place among its siblings.

// pack is a CFPackage, as far as we write and read one.
type pack struct {
	Document     document         `json:"CFDocument"`
	Items        []caseItem       `json:"CFItems,omitempty"`
	Associations []association    `json:"CFAssociations,omitempty"`
	Definitions  *caseDefinitions `json:"CFDefinitions,omitempty"`
}

type document struct {
	Identifier     string `json:"identifier"`
	URI            string `json:"uri"`
	CaseVersion    string `json:"caseVersion,omitempty"`
	Creator        string `json:"creator"`
	Title          string `json:"title"`
	Changed        string `json:"lastChangeDateTime"`
	Description    string `json:"description,omitempty"`
	Language       string `json:"language,omitempty"`
	Version        string `json:"version,omitempty"`
	AdoptionStatus string `json:"adoptionStatus,omitempty"`
	Notes          string `json:"notes,omitempty"`
}

type caseItem struct {
	Identifier string `json:"identifier"`
	Statement  string `json:"fullStatement"`
	Type       string `json:"CFItemType,omitempty"`
	TypeURI    *link  `json:"CFItemTypeURI,omitempty"`
	URI        string `json:"uri"`
	Code       string `json:"humanCodingScheme,omitempty"`
	Notes      string `json:"notes,omitempty"`
	Language   string `json:"language,omitempty"`
	Changed    string `json:"lastChangeDateTime"`
}

type association struct {
	Identifier  string `json:"identifier"`
	Type        string `json:"associationType"`
	Sequence    int    `json:"sequenceNumber,omitempty"`
	URI         string `json:"uri"`
	Origin      link   `json:"originNodeURI"`
	Destination link   `json:"destinationNodeURI"`
	Changed     string `json:"lastChangeDateTime"`
}

type caseDefinitions struct {
	Types []caseType `json:"CFItemTypes,omitempty"`
}

type caseType struct {
	Identifier  string `json:"identifier"`
	URI         string `json:"uri"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Hierarchy   string `json:"hierarchyCode"`
	Changed     string `json:"lastChangeDateTime"`
}

type link struct {
	Title      string `json:"title"`
	Identifier string `json:"identifier"`
	URI        string `json:"uri"`
}

// space is the name space of the identifiers that we make: UUIDv5, so that the
// same item has the same identifier wherever it is made.
var space = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://cohortbot.example/frameworks"))

// DocumentID gives the framework's identifier in CASE.
func (f Framework) DocumentID() string {
	if f.UUID != "" {
		return f.UUID
	}
	return uuid.NewSHA1(space, []byte(f.ID+"@"+f.Version)).String()
}

// ItemID gives an item's identifier in CASE.
func (f Framework) ItemID(i Item) string {
	if i.UUID != "" {
		return i.UUID
	}
	return f.made("item/" + i.ID)
}

func (f Framework) made(name string) string {
	return uuid.NewSHA1(uuid.MustParse(f.DocumentID()), []byte(name)).String()
}

func urn(id string) string { return "urn:uuid:" + id }

// Export gives the framework as a CASE 1.1 CFPackage, changed at that time. Items
// of a framework that takes this one's place are named by [Mapping] with replacedBy
// associations where successor, which may be nil, is that framework.
func (f Framework) Export(changed time.Time, successor *Framework) ([]byte, error) {
	at := changed.UTC().Format(time.RFC3339)
	p := pack{Document: document{
		Identifier: f.DocumentID(), URI: urn(f.DocumentID()), CaseVersion: "1.1", Creator: orElse(f.Creator, "cohortbot"), Title: f.Title,
		Changed: at, Description: f.Summary, Language: "en", Version: f.Version, AdoptionStatus: adoption[f.Status], Notes: f.Wording,
	}}
	types := map[string]link{}
	p.Definitions = &caseDefinitions{}
	for i, k := range f.Kinds {
		id := f.made("kind/" + k.ID)
		types[k.ID] = link{Title: k.Title, Identifier: id, URI: urn(id)}
		p.Definitions.Types = append(p.Definitions.Types, caseType{
			Identifier: id, URI: urn(id), Title: k.Title, Description: orElse(string(k.Covers), "groups"), Hierarchy: fmt.Sprint(i + 1), Changed: at,
		})
	}
	node := func(i Item) link { return link{Title: i.Text, Identifier: f.ItemID(i), URI: urn(f.ItemID(i))} }
	sequence := map[*Item]int{}
	for item, parent := range f.All() {
		sequence[parent]++
		kind := types[item.Kind]
		p.Items = append(p.Items, caseItem{
			Identifier: f.ItemID(*item), Statement: item.Text, Type: kind.Title, TypeURI: &kind,
			URI: urn(f.ItemID(*item)), Code: item.Code, Notes: item.About, Language: "en", Changed: at,
		})
		under := link{Title: f.Title, Identifier: f.DocumentID(), URI: urn(f.DocumentID())}
		if parent != nil {
			under = node(*parent)
		}
		id := f.made("child/" + item.ID)
		p.Associations = append(p.Associations, association{
			Identifier: id, Type: "isChildOf", Sequence: sequence[parent], URI: urn(id), Origin: node(*item), Destination: under, Changed: at,
		})
	}
	if successor != nil {
		for _, m := range f.SupersededBy.Items {
			from, _ := f.Find(m.From)
			for _, to := range m.To {
				new, ok := successor.Find(to)
				if !ok {
					return nil, fmt.Errorf("framework %q: item %q is said to be replaced by %q, which %q does not have", f.ID, m.From, to, successor.ID)
				}
				id := f.made("replaced/" + m.From + "/" + to)
				p.Associations = append(p.Associations, association{
					Identifier: id, Type: "replacedBy", URI: urn(id), Origin: node(from), Changed: at,
					Destination: link{Title: new.Text, Identifier: successor.ItemID(new), URI: urn(successor.ItemID(new))},
				})
			}
		}
	}
	data, err := json.MarshalIndent(p, "", "  ")
	return append(data, '\n'), err
}

// adoption says a status in the words of CASE.
var adoption = map[Status]string{Draft: "Draft", Current: "Adopted", Legacy: "Deprecated"}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
