package gocell

import (
	"fmt"
	"go/types"
	"sync"
	"testing"
)

// TestReadingWhileCellsAreChecked reads the methods of a live type while cells
// add to them; the race detector decides.
func TestReadingWhileCellsAreChecked(t *testing.T) {
	s := newSession(t)
	s.accept("type P struct{ X int }\np := P{}")
	var done sync.WaitGroup
	stop := make(chan struct{})
	done.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			s.world.Read(func() {
				for _, d := range s.world.Objects() {
					types.NewMethodSet(types.NewPointer(d.Object.Type()))
				}
			})
		}
	})
	for i := range 50 {
		s.accept(fmt.Sprintf("func (p P) M%d() int { return p.X }\np.M%d()", i, i))
		s.refuse(fmt.Sprintf("func (p P) N%d() int { return p.Y }", i), "p.Y undefined")
	}
	close(stop)
	done.Wait()
}
