#!/usr/bin/python3
"""PyTorch files of every shape in which people save models: state dicts, checkpoints, whole modules, TorchScript, and the formats of
PyTorch before 1.6."""

import expected

DTYPES = ["float32", "float64", "float16", "bfloat16", "uint8", "int8", "int16", "int32", "int64", "bool", "complex64", "complex128"]


def dtype_of(tensor):
    return str(tensor.dtype).removeprefix("torch.")


def tensors_of(named):
    return [[name, dtype_of(tensor), list(tensor.shape), tensor.element_size() * tensor.nelement()] for name, tensor in named.items()]


def parameters(named):
    return sum(tensor.nelement() for tensor in named.values())


def model():
    import torch
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(16, 2))


def make(wanted):
    import torch
    state = model().state_dict()
    both = {"zip": {}, "legacy": {"_use_new_zipfile_serialization": False}}
    for name, settings in both.items():
        torch.save(state, wanted.path(f"state-dict.{name}.pt"), **settings)
        wanted.add(f"state-dict.{name}.pt", format="pytorch" if name == "zip" else "pytorch-legacy", tensors=tensors_of(state))

        every = {dtype: torch.zeros(2, 3, dtype=getattr(torch, dtype)) for dtype in DTYPES}
        torch.save(every, wanted.path(f"dtypes.{name}.pt"), **settings)
        wanted.add(f"dtypes.{name}.pt", tensors=tensors_of(every), parameters=parameters(every))

        whole = torch.arange(24, dtype=torch.float32).reshape(4, 6)
        views = {"whole": whole, "row": whole[1], "column": whole[:, 2], "turned": whole.t(), "scalar": torch.tensor(1.5), "empty": torch.zeros(0, 3)}
        torch.save(views, wanted.path(f"views.{name}.pt"), **settings)
        # They share one storage, so the bytes of each are not of its own.
        wanted.add(f"views.{name}.pt", tensors=[[*tensor[:3], None] for tensor in tensors_of(views)])

        optimiser = torch.optim.Adam(model().parameters())
        torch.save({"epoch": 3, "model": state, "optimizer": optimiser.state_dict(), "best": 0.5}, wanted.path(f"checkpoint.{name}.pt"), **settings)
        wanted.add(f"checkpoint.{name}.pt", tensors=tensors_of({f"model.{key}": tensor for key, tensor in state.items()}))

        torch.save(model(), wanted.path(f"module.{name}.pt"), **settings)
        wanted.add(f"module.{name}.pt", architecture="torch.nn.modules.container.Sequential", verdict=["allowlisted", "unknown"])

        for protocol in range(2, 6):
            torch.save(state, wanted.path(f"protocol-{protocol}.{name}.pt"), pickle_protocol=protocol, **settings)
            wanted.add(f"protocol-{protocol}.{name}.pt", tensors=tensors_of(state))

    parameter = {"weight": torch.nn.Parameter(torch.ones(2, 2)), "sparse": torch.eye(3).to_sparse()}
    torch.save(parameter, wanted.path("parameter.pt"))
    wanted.add("parameter.pt")
    torch.save({"q": torch.quantize_per_tensor(torch.ones(4), 0.1, 0, torch.qint8)}, wanted.path("quantised.pt"))
    wanted.add("quantised.pt")

    scripted = torch.jit.script(model().eval())
    scripted.save(str(wanted.path("torchscript.pt")))
    wanted.add("torchscript.pt", format="torchscript", verdict=["allowlisted", "unknown"])
    torch.jit.trace(model().eval(), torch.zeros(1, 3, 4, 4)).save(str(wanted.path("traced.pt")))
    wanted.add("traced.pt", format="torchscript", verdict=["allowlisted", "unknown"])


if __name__ == "__main__":
    expected.run(make, needs=["torch", "numpy"])
