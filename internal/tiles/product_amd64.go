package tiles

//go:noescape
func product(j *job)
