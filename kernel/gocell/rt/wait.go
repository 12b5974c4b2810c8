package rt

import (
	"reflect"
	"sync"
)

// Unrecoverable is implemented by values of panics that recover must not end,
// such as the one that interrupts a cell.
type Unrecoverable interface{ Unrecoverable() }

// interruption gives the channel whose closing ends waits of the calling
// goroutine, and what panics then.
func (r *Runtime) interruption() (done <-chan struct{}, stop func()) {
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
		if done, stop := r.interruption(); done == nil {
			v, ok = channel.Recv()
		} else {
			var chosen int
			chosen, v, ok = reflect.Select([]reflect.SelectCase{
				{Dir: reflect.SelectRecv, Chan: channel},
				{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(done)},
			})
			if chosen == 1 {
				stop()
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
	done, stop := r.interruption()
	if done == nil {
		channel.Send(x)
		return
	}
	chosen, _, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectSend, Chan: channel, Send: x},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(done)},
	})
	if chosen == 1 {
		stop()
	}
}

// block is select {}.
func (r *Runtime) block() {
	done, stop := r.interruption()
	<-done
	stop()
}

// wait is wg.Wait.
func (r *Runtime) wait(wg *sync.WaitGroup) {
	done, stop := r.interruption()
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
		stop()
	}
}
