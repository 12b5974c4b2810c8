package rt

import (
	"reflect"
	"sync"
)

// Unrecoverable is implemented by values of panics that recover must not end,
// such as the one that interrupts a cell.
type Unrecoverable interface{ Unrecoverable() }

// interruption gives the channel whose closing ends waits of the calling
// goroutine, and what it then panics with.
func (r *Runtime) interruption() (done <-chan struct{}, value any) {
	if r.Interruption == nil {
		return nil, nil
	}
	return r.Interruption()
}

// receive is v, ok := <-c with a pointer to v.
func (r *Runtime) receive(c, into any) (ok bool) {
	channel := reflect.ValueOf(c)
	v, ok := channel.TryRecv()
	if !v.IsValid() {
		if done, value := r.interruption(); done == nil {
			v, ok = channel.Recv()
		} else {
			var chosen int
			chosen, v, ok = reflect.Select([]reflect.SelectCase{
				{Dir: reflect.SelectRecv, Chan: channel},
				{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(done)},
			})
			if chosen == 1 {
				panic(value)
			}
		}
	}
	reflect.ValueOf(into).Elem().Set(v)
	return ok
}

// send is c <- v.
func (r *Runtime) send(c, v any) {
	channel := reflect.ValueOf(c)
	x := reflect.New(channel.Type().Elem()).Elem()
	if value := reflect.ValueOf(v); value.IsValid() {
		x.Set(value)
	}
	if channel.TrySend(x) {
		return
	}
	done, value := r.interruption()
	if done == nil {
		channel.Send(x)
		return
	}
	chosen, _, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectSend, Chan: channel, Send: x},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(done)},
	})
	if chosen == 1 {
		panic(value)
	}
}

// block is select {}.
func (r *Runtime) block() {
	done, value := r.interruption()
	<-done
	panic(value)
}

// wait is wg.Wait.
func (r *Runtime) wait(wg *sync.WaitGroup) {
	done, value := r.interruption()
	if done == nil {
		wg.Wait()
		return
	}
	over := make(chan struct{})
	go func() {
		wg.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-done:
		panic(value)
	}
}
