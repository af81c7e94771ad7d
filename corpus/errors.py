"""The error hierarchy of askpost. Every message says what is wrong and what to do.

AskpostError                exit code 1
 ├─ QuestionError           2   the question cannot be asked (empty, too long)
 ├─ SettingsError           2   a setting is unknown, or not what it may be
 ├─ CorpusError             3   the documents cannot be read
 │   ├─ NoDocumentsError        the folder has no .md or .txt file
 │   ├─ UnreadableFileError     a file cannot be read or is not text
 │   ├─ SourceListError         sources.toml is not what it should be
 │   ├─ UnknownSourceError      no source has that id
 │   ├─ SnapshotDamagedError    (corpus.snapshots) a snapshot is not what its record says
 │   └─ FetchError              (corpus.fetching.errors draws its kinds) a page was not fetched
 ├─ IndexUnusableError      4   the index cannot be used
 │   ├─ NoIndexError            nothing has been built yet
 │   ├─ IndexMismatchError      built with another model, chunking or format
 │   ├─ IndexDamagedError       a file of the build is missing or altered
 │   ├─ IndexBusyError          another process is building
 │   └─ VectorServerError       the Chroma server does not answer, or refuses
 ├─ ModelError              5   a model cannot be found or loaded
 │   └─ BackendError            (app.backends.model) the language model cannot be used
 └─ UnsupportedSystemError  6   this machine lacks what Chroma needs

Exit codes 0 (done, an honest abstention included), 1 (the evaluation's gate failed, or any other
error) and 2 (also of the evaluation's own errors, and of a command line that is wrong) complete the list.
"""


class AskpostError(Exception):
    """Base of every error that askpost raises on purpose."""

    exit_code = 1


class QuestionError(AskpostError):
    """The question cannot be asked: it is empty, or too long."""

    exit_code = 2


class SettingsError(AskpostError):
    """A setting is not what it should be; the message names the key, the value, and what is allowed."""

    exit_code = 2


class CorpusError(AskpostError):
    """The documents cannot be read."""

    exit_code = 3


class NoDocumentsError(CorpusError):
    """The folder has no document that askpost reads."""


class UnreadableFileError(CorpusError):
    """A file cannot be read, or is not text."""


class SourceListError(CorpusError):
    """The source list (sources.toml) is not what it should be."""


class UnknownSourceError(CorpusError):
    """No source has the id that was asked for."""


class IndexUnusableError(AskpostError):
    """The index cannot be used."""

    exit_code = 4


class NoIndexError(IndexUnusableError):
    """Nothing has been built in this index home."""


class IndexMismatchError(IndexUnusableError):
    """The build was made with another model, chunking or format than the settings ask for."""


class IndexDamagedError(IndexUnusableError):
    """A file of the build is missing or altered."""


class IndexBusyError(IndexUnusableError):
    """Another process is building this index."""


class VectorServerError(IndexUnusableError):
    """The Chroma server that holds the vectors does not answer, or refuses."""


class ModelError(AskpostError):
    """A model cannot be found or loaded."""

    exit_code = 5


class UnsupportedSystemError(AskpostError):
    """This machine lacks something that askpost cannot do without."""

    exit_code = 6
