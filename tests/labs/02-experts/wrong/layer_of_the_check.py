"""No layer at all: it calls the name `layer`, which a check uses for the reference.
loses: moe-layer-visible, moe-layer-hidden
message: moe_layer: stopped with NameError"""


# %% moe-layer
def moe_layer(hidden, parameters, top_k, scale):
    return layer(hidden)
