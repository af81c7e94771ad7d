"""The script a tutorial ends with: open the persisted Chroma store, ask one question, print the top chunk.

    python naive_script.py MODEL_FOLDER CHROMA_FOLDER QUESTION

It stands alone, so that its start is not weighed down by anything of askpost's.
"""

import sys

from langchain_chroma import Chroma
from langchain_huggingface import HuggingFaceEmbeddings

model, folder, question = sys.argv[1:]
store = Chroma(
    collection_name="naive",
    persist_directory=folder,
    embedding_function=HuggingFaceEmbeddings(model_name=model),
)
print(store.similarity_search(question, k=1)[0].page_content)
