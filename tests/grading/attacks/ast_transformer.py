"""Every statement of a later cell becomes `pass`, by a hook of IPython; plain nbgrader gave full marks for it.

loses: all
"""

# %% first
import ast


class Nothing(ast.NodeTransformer):
    def visit_Module(self, node):
        node.body = [ast.Pass(lineno=1, col_offset=0)]
        return node


get_ipython().ast_transformers.append(Nothing())
