"""A table of angles, kept between calls for each theta and size, and made longer where it is too short."""

# %% rotate-pairs
tables = {}


def rotate_pairs(x, positions, theta):
    rope, longest = x.shape[-1], int(positions.max()) + 1
    if len(tables.get((theta, rope), ())) < longest:
        i = torch.arange(0, rope, 2, dtype=torch.float32)
        frequencies = torch.exp(-i / rope * torch.log(torch.tensor(theta)))
        tables[theta, rope] = torch.polar(torch.ones(1), torch.outer(torch.arange(2 * longest), frequencies))
    turned = torch.view_as_complex(x.contiguous().unflatten(-1, (-1, 2))) * tables[theta, rope][positions]
    return torch.view_as_real(turned).flatten(-2)
