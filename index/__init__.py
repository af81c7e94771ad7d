"""How it is found: passages, embeddings, the vector store, the lexical table, builds, retrieval."""
