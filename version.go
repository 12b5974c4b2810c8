package main

import "hillock/kernel/worker"

// version is the version of hillock, which the kernel tells front ends too.
func version() string { return (&worker.Supervisor{}).Info().ImplementationVersion }
