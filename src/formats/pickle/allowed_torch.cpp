// The harmless names of PyTorch: what torch.load(weights_only=True) lets through (torch/_weights_only_unpickler.py),
// and the layers that whole modules are made of.
#include "pickle/allowed.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::string_view storages =
    "FloatStorage DoubleStorage HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage CharStorage "
    "ByteStorage BoolStorage ComplexFloatStorage ComplexDoubleStorage QInt8Storage QUInt8Storage QInt32Storage "
    "QUInt4x2Storage QUInt2x4Storage";

constexpr auto torch_rows = std::to_array<AllowedNames>({
    {"torch", Use::any, storages},
    {"torch.cuda", Use::any, storages},
    {"torch", Use::any,
     "float16 float32 float64 half float double bfloat16 int8 int16 int32 int64 short int long uint8 uint16 uint32 "
     "uint64 bool complex32 complex64 complex128 cfloat cdouble chalf qint8 quint8 qint32 quint4x2 quint2x4 "
     "float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2 uint1 uint2 uint3 "
     "uint4 uint5 uint6 uint7 int1 int2 int3 int4 int5 int6 int7"},
    {"torch", Use::any, "Size Tensor device strided sparse_coo sparse_csr per_tensor_affine per_channel_affine"},
    {"torch.storage", Use::any, "UntypedStorage TypedStorage _UntypedStorage _TypedStorage"},
    {"torch._utils", Use::any,
     "_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state "
     "_rebuild_qtensor _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_nested_tensor "
     "_rebuild_meta_tensor_no_storage _rebuild_wrapper_subclass _rebuild_device_tensor_from_numpy "
     "_rebuild_device_tensor_from_cpu_tensor"},
    {"torch._tensor", Use::any, "_rebuild_from_type_v2 Tensor"},
    {"torch.tensor", Use::any, "_rebuild_from_type_v2"},
    {"torch.serialization", Use::any, "_get_layout"},
    {"torch.jit._pickle", Use::any,
     "build_intlist build_tensorlist build_doublelist build_boollist build_tensor_from_id restore_type_tag"},
    {"torch.nn.parameter", Use::any, "Parameter Buffer UninitializedParameter"},
    {"torch.nn.backends.thnn", Use::any, "_get_thnn_function_backend"},
    {"torch.nn.modules.*", Use::as_class,
     "Module Sequential ModuleList ModuleDict ParameterList ParameterDict Identity Linear Bilinear LazyLinear "
     "NonDynamicallyQuantizableLinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d Unfold "
     "Fold MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d AvgPool1d AvgPool2d AvgPool3d LPPool1d "
     "LPPool2d FractionalMaxPool2d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AdaptiveAvgPool1d "
     "AdaptiveAvgPool2d AdaptiveAvgPool3d ReflectionPad1d ReflectionPad2d ReplicationPad1d ReplicationPad2d ZeroPad2d "
     "ConstantPad1d ConstantPad2d ConstantPad3d"},
    {"torch.nn.modules.*", Use::as_class,
     "ELU Hardshrink Hardsigmoid Hardtanh Hardswish LeakyReLU LogSigmoid PReLU ReLU ReLU6 RReLU SELU CELU GELU Sigmoid "
     "SiLU Mish Softplus Softshrink Softsign Tanh Tanhshrink Threshold GLU Softmin Softmax Softmax2d LogSoftmax "
     "MultiheadAttention BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm InstanceNorm1d InstanceNorm2d "
     "InstanceNorm3d GroupNorm LayerNorm RMSNorm LocalResponseNorm CrossMapLRN2d RNNBase RNN LSTM GRU RNNCell LSTMCell "
     "GRUCell Transformer TransformerEncoder TransformerDecoder TransformerEncoderLayer TransformerDecoderLayer "
     "Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout Embedding EmbeddingBag CosineSimilarity "
     "PairwiseDistance PixelShuffle PixelUnshuffle Upsample UpsamplingNearest2d UpsamplingBilinear2d ChannelShuffle "
     "Flatten Unflatten"},
    {"torch.nn.modules.*", Use::as_class,
     "L1Loss MSELoss CrossEntropyLoss CTCLoss NLLLoss NLLLoss2d PoissonNLLLoss GaussianNLLLoss KLDivLoss BCELoss "
     "BCEWithLogitsLoss MarginRankingLoss HingeEmbeddingLoss MultiLabelMarginLoss HuberLoss SmoothL1Loss "
     "SoftMarginLoss MultiLabelSoftMarginLoss CosineEmbeddingLoss MultiMarginLoss TripletMarginLoss "
     "AdaptiveLogSoftmaxWithLoss"},
    {"torch.nn.functional", Use::as_class, "relu gelu silu sigmoid tanh softmax"},
    {"torch.optim.*", Use::as_class, "Adam AdamW Adamax NAdam RAdam SGD ASGD RMSprop Rprop Adagrad Adadelta"},
});

}  // namespace

Verdict allowed_torch(std::string_view module, std::string_view name) { return look_up(torch_rows, module, name); }

}  // namespace mlops::formats::pickle
