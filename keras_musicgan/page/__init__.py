"""A page that plays a model in a browser, from the file system, without a server or a network.

- `layout`: the keys, the conditions to choose from and the sounds of a page, as many as fit into its size
- `sounds`: a clip as FLAC with the loop that holds it
- `folder`: the folder: `index.html` from the files of `static/`, and the sounds as scripts, since browsers let a page
  of the file system load neither data nor modules
"""

from keras_musicgan.page.folder import Page, PageWarning, write

__all__ = ["Page", "PageWarning", "write"]
