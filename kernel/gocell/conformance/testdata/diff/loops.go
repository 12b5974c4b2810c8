package main

import "fmt"

type point struct {
	x, y int
	in   []int
}

type shape interface{ area() int }

type square struct{ side int }

func (s square) area() int { return s.side * s.side }

func pair(i int) (int, string) { return i, fmt.Sprint("s", i) }

func main() {
	var slices [][]int
	var points []point
	var pointers []*point
	var arrays [][3]int
	var maps []map[int]int
	var shapes []shape
	var anys []any
	var funcs []func() int
	var nested [][][]int
	for i := 0; i < 4; i++ {
		s := []int{i, i + 1}
		slices = append(slices, s)
		p := point{i, i, []int{i}}
		points = append(points, p)
		p.x = 100
		q := &point{x: i}
		pointers = append(pointers, q)
		a := [3]int{i}
		arrays = append(arrays, a)
		a[0] = 50
		m := map[int]int{i: i}
		maps = append(maps, m)
		var sh shape = square{i}
		shapes = append(shapes, sh)
		var x any
		if i%2 == 0 {
			x = i
		}
		anys = append(anys, x)
		n, name := pair(i)
		n++
		funcs = append(funcs, func() int { n++; return n + len(name) })
		funcs = append(funcs, sh.area)
		nested = append(nested, [][]int{{i}, {i, i}})
		var zero point
		zero.x += i
		var count int
		count += zero.x
		var list []int
		list = append(list, count)
		fmt.Println(zero, count, list)
		for j, v := range s {
			w := v * j
			slices[i][j] += w
		}
	}
	fmt.Println(slices, points, arrays, maps, nested, anys)
	for _, p := range pointers {
		fmt.Print(*p, " ")
	}
	for _, s := range shapes {
		fmt.Print(s.area(), " ")
	}
	for _, f := range funcs {
		fmt.Print(f(), f(), " ")
	}
	fmt.Println()
	for i := range 3 {
		defer fmt.Println("deferred", i, slices[i])
		defer func() { fmt.Println("closure", i) }()
	}
	ch := make(chan int)
	done := make(chan bool)
	go func() {
		sum := 0
		for v := range ch {
			sum += v
		}
		fmt.Println("sum", sum)
		done <- true
	}()
	for i := range 10 {
		ch <- i
	}
	close(ch)
	<-done
outer:
	for i := range 5 {
		for j := range 5 {
			switch {
			case j == 3:
				continue outer
			case i == 3:
				break outer
			case i == j:
				continue
			}
			fmt.Print(i, j, " ")
		}
	}
	fmt.Println()
	for i, r := range "aé\xff日" {
		fmt.Print(i, ":", r, " ")
	}
	fmt.Println()
	var grid [3][3]int
	for i := range grid {
		for j := range grid[i] {
			grid[i][j] = i * j
		}
	}
	for _, row := range grid {
		row[0] = 9
	}
	fmt.Println(grid)
	k := 0
	for k < 3 {
		k++
	}
	i := 10
	for i = range 3 {
	}
	fmt.Println(k, i)
}
