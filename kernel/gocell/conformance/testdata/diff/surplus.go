package main

import "fmt"

type P struct{ A int }

func main() {
	fmt.Printf("%d\n", 1, P{2})
	fmt.Println(fmt.Sprintf("x", P{3}, nil, 4, "s"))
	fmt.Println(fmt.Sprintf("%v 100%%", P{3}, &P{4}))
	fmt.Println(fmt.Sprintf("%[1]v", P{3}, P{4}))
	xs := []any{P{1}}
	fmt.Printf("%T\n", xs...)
	fmt.Printf("%v %T\n", append(xs, P{2})...)
}
