"""Public question-answering data as a question set and a folder of documents: SQuAD, BEIR, CLAP NQ, SelQA.

One module a format, which only reads; what they have in common is done once: finding out which format
it is (`detecting`), drawing a sample (`sampling`), placing evidence word for word (`placing`), and
writing and indexing what is needed (`preparing`).
"""
