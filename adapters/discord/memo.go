package discord

import (
	"sync"
	"time"
)

// memo remembers a bounded number of things for a while. What is forgotten can be
// asked for again.
type memo[V any] struct {
	keep time.Duration // 0 is for as long as there is room
	most int

	mu  sync.Mutex
	now map[string]kept[V]
	old map[string]kept[V] // the generation before, which goes next
}

type kept[V any] struct {
	value V
	until time.Time
}

func newMemo[V any](keep time.Duration, most int) *memo[V] {
	return &memo[V]{keep: keep, most: most, now: map[string]kept[V]{}, old: map[string]kept[V]{}}
}

func (m *memo[V]) get(key string) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.now[key]
	if !ok {
		if k, ok = m.old[key]; ok {
			m.put(key, k)
		}
	}
	if !ok || !k.until.IsZero() && time.Now().After(k.until) {
		var none V
		return none, false
	}
	return k.value, true
}

func (m *memo[V]) set(key string, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := kept[V]{value: v}
	if m.keep > 0 {
		k.until = time.Now().Add(m.keep)
	}
	m.put(key, k)
}

// put is called with mu held. Half of what is remembered goes at once, the half
// that was not asked for lately.
func (m *memo[V]) put(key string, k kept[V]) {
	if len(m.now) >= m.most/2 {
		m.old, m.now = m.now, map[string]kept[V]{}
	}
	m.now[key] = k
}

func (m *memo[V]) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.now, key)
	delete(m.old, key)
}

// clear forgets everything.
func (m *memo[V]) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now, m.old = map[string]kept[V]{}, map[string]kept[V]{}
}

// all gives what is remembered.
func (m *memo[V]) all() []V {
	m.mu.Lock()
	defer m.mu.Unlock()
	var values []V
	for _, k := range m.now {
		values = append(values, k.value)
	}
	for key, k := range m.old {
		if _, twice := m.now[key]; !twice {
			values = append(values, k.value)
		}
	}
	return values
}
