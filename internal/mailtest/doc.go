// Package mailtest starts real mail and database servers for tests: [IMAP] a private Dovecot,
// [SMTP] a real SMTP conversation, [Postgres] a fresh database on a private PostgreSQL cluster.
//
// Every server listens on the loopback interface or a Unix socket only, keeps its files in a
// temporary directory of its own and is gone when the test ends. When the test process is
// killed, a watcher stops the server and removes its files, so that nothing is left behind.
//
// A missing server is a failed test, never a skipped one: `make test` installs what is needed.
//
// Deliveries, faults and restarts are methods of the servers; all of them return when what they
// promise is true, so that tests need no sleeps.
package mailtest
