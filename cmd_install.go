package main

import (
	"flag"
	"fmt"

	"hillock/kernel/spec"
)

var installCommand = &command{
	name: "install",
	args: "[--user | --prefix DIR | --sys-prefix]",
	does: "offer this kernel to Jupyter",
	run: func(c *command, args []string) error {
		o, err := specOptions(c, args)
		if err != nil {
			return err
		}
		dir, err := spec.Install(o)
		if err != nil {
			return err
		}
		fmt.Println("the kernel is installed in", dir)
		return nil
	},
}

var uninstallCommand = &command{
	name: "uninstall",
	args: "[--user | --prefix DIR | --sys-prefix]",
	does: "take this kernel out of Jupyter",
	run: func(c *command, args []string) error {
		o, err := specOptions(c, args)
		if err != nil {
			return err
		}
		dir, err := spec.Uninstall(o)
		if err != nil {
			return err
		}
		fmt.Println("the kernel is removed from", dir)
		return nil
	},
}

// specOptions reads where the kernel is to be installed.
func specOptions(c *command, args []string) (spec.Options, error) {
	var o spec.Options
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	user := flags.Bool("user", false, "in the person's own Jupyter folder, which is the default")
	flags.StringVar(&o.Prefix, "prefix", "", "below `DIR`, such as /usr/local or a Python environment")
	flags.BoolVar(&o.SysPrefix, "sys-prefix", false, "in the active Python environment")
	rest, err := c.parse(flags, args)
	switch {
	case err != nil:
		return o, err
	case len(rest) > 0:
		return o, &usageError{c, fmt.Sprintf("what is %q for?", rest[0])}
	case *user && (o.Prefix != "" || o.SysPrefix), o.Prefix != "" && o.SysPrefix:
		return o, &usageError{c, "--user, --prefix and --sys-prefix exclude each other"}
	}
	return o, nil
}
