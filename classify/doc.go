// Package classify says what one mail asks for, who wrote it, how urgent it is and which law it
// points to, each with the words of the mail that say so.
//
// Start at [New], once, and [Classifier.Classify]: a [ticket.Message] and a [Context] in, a
// [ticket.Verdict] out. The same input always gives the same verdict; nothing is read from clock,
// disk or network, and a mail of any length takes bounded time (at most 32 KB of it are read).
//
// How it works, in the order of the files: fold.go makes look-alike spellings equal; token.go cuts
// text into words, clauses and sentences that remember their place in the original; lexicon.go reads
// lexicon/*.txt, one file per language, which give words for concepts ("delete", "account", "neg");
// match.go finds the concepts; language.go decides which languages count where; rules.go reads
// lexicon/rules.txt, which combines concepts into rights in the same way for every language;
// model.go adds a small linear model over the same concepts and over letters, trained by
// classify/train from testdata/corpus; child.go, writer.go, law.go, spam.go and urgent.go stand
// beside it. To add a language, add one lexicon file and one corpus file; no code.
//
// A verdict is a proposal. What is done with it is decided in package ticket.
package classify
