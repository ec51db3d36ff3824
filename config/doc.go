// Package config reads the operator's one YAML file into checked values.
//
// Start at [Load]: a path in, a [Config] or every [Problem] at once out, each with its key and line
// and, where it can be told, what was probably meant. privacybot.example.yaml in the root of the
// repository is the reference of all keys; a test keeps it complete and its defaults true.
//
// The file is read strictly: unknown, doubled and misplaced keys are problems. "${NAME}" inside a
// value is replaced from the environment after the YAML was read, so that a password can hold any
// character; "$${" stands for a literal "${". A secret may also come from a file named by its key
// with _file behind it. Relative paths count from the folder of the configuration file, so that
// cron, systemd and a shell all open the same database.
//
// Secrets are of type [Secret] and print as ***. No problem text repeats a secret, or a value that
// came from the environment unless it is a path.
//
// The package reads through [Sources] only and opens no connection. It imports nothing of ours:
// which laws and holiday calendars exist is told to it ([Known]). Time zones come from the zone
// database of the process; programs embed it with time/tzdata (CASES C55).
package config
