# make          builds the program
# make test     installs the mail and database servers that the tests need, and runs every test
# make lint     formatting, vet, staticcheck, known vulnerabilities
# make cross    builds for every platform we release for
# make demo     the whole way of a mail, on a sample mailbox
# make bench    every benchmark, as a table
# make eval     how well mails are classified, on the part of the corpus that was tuned on and on the part that was not

# One static binary: nothing here needs a C compiler.
export CGO_ENABLED = 0

TOOLS       = $(CURDIR)/dist/tools
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = v1.9.0
FLAGS       = -trimpath
PLATFORMS   = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: build test lint cross demo bench eval

build:
	go build $(FLAGS) -o privacybot ./cmd/privacybot

test:
	@sh .ci/install
	go vet ./...
	go test -timeout 15m ./...

lint:
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "not gofmt'd:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	@sh .ci/vulnerabilities $(TOOLS) $(GOVULNCHECK)

cross:
	@for p in $(PLATFORMS); do \
		os=$${p%/*} arch=$${p#*/}; ext=; [ $$os = windows ] && ext=.exe; \
		echo "build $$p"; \
		GOOS=$$os GOARCH=$$arch go build $(FLAGS) -o dist/privacybot-$$os-$$arch$$ext ./cmd/privacybot || exit 1; \
	done

demo:
	go run ./cmd/privacybot demo

bench:
	@sh .ci/install
	go test -run='^$$' -bench=. -benchmem $$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -n 1 dirname | sort -u)

eval:
	go run ./classify/eval
