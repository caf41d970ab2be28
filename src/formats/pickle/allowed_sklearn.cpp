// The classes of scikit-learn that fitted models are made of, by the subpackage in which every release since 0.18 has
// them: of `sklearn.SUBPACKAGE.anything.NAME`. A name that another library gives to something else and that a module
// of scikit-learn happens to import is not among them, which is why this is a list and not a rule for names. Collected
// from releases 1.2 and 1.9, and the change logs of those before. None of them does more in __setstate__ than to
// remember and to check its release.
#include "pickle/allowed.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr auto classes = std::to_array<AllowedNames>({
    {"sklearn._loss.*", Use::as_class,
     "AbsoluteError ArrayAPILossMixin BaseLink BaseLoss DistributionBoundary ExponentialDispersionModel "
     "ExponentialLoss GammaDistribution HalfBinomialLoss HalfBinomialLossArrayAPI HalfGammaLoss HalfLogitLink "
     "HalfMultinomialLoss HalfMultinomialLossArrayAPI HalfPoissonLoss HalfPoissonLossArrayAPI HalfSquaredError "
     "HalfTweedieLoss HalfTweedieLossIdentity HuberLoss IdentityLink Interval InverseGaussianDistribution LogLink "
     "LogitLink MultinomialLogit NormalDistribution PinballLoss PoissonDistribution TweedieDistribution"},
    {"sklearn.base.*", Use::as_class,
     "BaseEstimator BiclusterMixin ClassNamePrefixFeaturesOutMixin ClassifierMixin ClusterMixin DensityMixin "
     "MetaEstimatorMixin MultiOutputMixin OneToOneFeatureMixin OutlierMixin RegressorMixin TransformerMixin "
     "_UnstableArchMixin"},
    {"sklearn.calibration.*", Use::as_class,
     "CalibratedClassifierCV _CalibratedClassifier _SigmoidCalibration _TemperatureScaling"},
    {"sklearn.cluster.*", Use::as_class,
     "AffinityPropagation AgglomerationTransform AgglomerativeClustering BaseSpectral Birch BisectingKMeans DBSCAN "
     "FeatureAgglomeration HDBSCAN KMeans MeanShift MiniBatchKMeans OPTICS SpectralBiclustering SpectralClustering "
     "SpectralCoclustering TreeUnionFind UnionFind Ward WardAgglomeration WeightedEdge _BaseKMeans _BisectingTree "
     "_CFNode _CFSubcluster"},
    {"sklearn.compose.*", Use::as_class, "ColumnTransformer TransformedTargetRegressor make_column_selector"},
    {"sklearn.covariance.*", Use::as_class,
     "BaseGraphicalLasso EllipticEnvelope EmpiricalCovariance GraphLasso GraphLassoCV GraphicalLasso "
     "GraphicalLassoCV LedoitWolf MinCovDet OAS ShrunkCovariance"},
    {"sklearn.cross_decomposition.*", Use::as_class, "CCA PLSCanonical PLSRegression PLSSVD _PLS"},
    {"sklearn.decomposition.*", Use::as_class,
     "DictionaryLearning FactorAnalysis FastICA IncrementalPCA KernelPCA LatentDirichletAllocation "
     "MiniBatchDictionaryLearning MiniBatchNMF MiniBatchSparsePCA NMF PCA ProjectedGradientNMF RandomizedPCA "
     "SparseCoder SparsePCA TruncatedSVD _BaseNMF _BasePCA _BaseSparseCoding _BaseSparsePCA"},
    {"sklearn.discriminant_analysis.*", Use::as_class,
     "DiscriminantAnalysisPredictionMixin LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis"},
    {"sklearn.dummy.*", Use::as_class, "DummyClassifier DummyRegressor"},
    {"sklearn.ensemble.*", Use::as_class,
     "AdaBoostClassifier AdaBoostRegressor BaggingClassifier BaggingRegressor BaseBagging BaseEnsemble BaseForest "
     "BaseGradientBoosting BaseHistGradientBoosting BaseWeightBoosting BinaryCrossEntropy BinomialDeviance "
     "CategoricalCrossEntropy ClassificationLossFunction ExponentialLoss ExtraTreesClassifier ExtraTreesRegressor "
     "ForestClassifier ForestRegressor GradientBoostingClassifier GradientBoostingRegressor "
     "HistGradientBoostingClassifier HistGradientBoostingRegressor HistogramBuilder HuberLossFunction "
     "IsolationForest LeastAbsoluteError LeastSquares LeastSquaresError LogOddsEstimator LossFunction MeanEstimator "
     "MonotonicConstraint MultinomialDeviance PresortBestSplitter PriorProbabilityEstimator QuantileEstimator "
     "QuantileLossFunction RandomForestClassifier RandomForestRegressor RandomTreesEmbedding RegressionLossFunction "
     "ScaledLogOddsEstimator SplitInfo Splitter StackingClassifier StackingRegressor TreeGrower TreeNode "
     "TreePredictor VerboseReporter VotingClassifier VotingRegressor ZeroEstimator _BaseHeterogeneousEnsemble "
     "_BaseStacking _BaseVoting _BinMapper"},
    {"sklearn.feature_extraction.*", Use::as_class,
     "CountVectorizer DictVectorizer FeatureHasher HashingVectorizer PatchExtractor TfidfTransformer TfidfVectorizer "
     "_VectorizerMixin"},
    {"sklearn.feature_selection.*", Use::as_class,
     "GenericUnivariateSelect RFE RFECV SelectFdr SelectFpr SelectFromModel SelectFwe SelectKBest SelectPercentile "
     "SelectorMixin SequentialFeatureSelector VarianceThreshold _BaseFilter"},
    {"sklearn.frozen.*", Use::as_class, "FrozenEstimator"},
    {"sklearn.gaussian_process.*", Use::as_class,
     "CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation GaussianProcess "
     "GaussianProcessClassifier GaussianProcessRegressor GenericKernelMixin Hyperparameter Kernel KernelOperator "
     "Matern NormalizedKernelMixin PairwiseKernel Product RBF RationalQuadratic StationaryKernelMixin Sum "
     "WhiteKernel _BinaryGaussianProcessClassifierLaplace"},
    {"sklearn.impute.*", Use::as_class,
     "IterativeImputer KNNImputer MissingIndicator SimpleImputer _BaseImputer _ImputerTriplet"},
    {"sklearn.isotonic.*", Use::as_class, "IsotonicRegression"},
    {"sklearn.kernel_approximation.*", Use::as_class,
     "AdditiveChi2Sampler Nystroem PolynomialCountSketch RBFSampler SkewedChi2Sampler"},
    {"sklearn.kernel_ridge.*", Use::as_class, "KernelRidge"},
    {"sklearn.linear_model.*", Use::as_class,
     "ARDRegression BaseSGD BaseSGDClassifier BaseSGDRegressor BayesianRidge ElasticNet ElasticNetCV GammaRegressor "
     "HuberRegressor Lars LarsCV Lasso LassoCV LassoLars LassoLarsCV LassoLarsIC LinearClassifierMixin LinearModel "
     "LinearModelCV LinearModelLoss LinearRegression LogisticRegression LogisticRegressionCV MultiOutputLinearModel "
     "MultiTaskElasticNet MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV NewtonCholeskySolver NewtonSolver "
     "OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV PassiveAggressiveClassifier PassiveAggressiveRegressor "
     "Perceptron PoissonRegressor QuantileRegressor RANSACRegressor RandomizedLasso RandomizedLogisticRegression "
     "Ridge RidgeCV RidgeClassifier RidgeClassifierCV SGDClassifier SGDOneClassSVM SGDRegressor SparseCoefMixin "
     "TheilSenRegressor TweedieRegressor _BaseRidge _BaseRidgeCV _GeneralizedLinearRegressor _IdentityClassifier "
     "_IdentityRegressor _LbfgsCallbackBridge _RidgeClassifierMixin _RidgeGCV _ValidationScoreCallback "
     "_XT_CenterStackOp _X_CenterStackOp"},
    {"sklearn.manifold.*", Use::as_class, "ClassicalMDS Isomap LocallyLinearEmbedding MDS SpectralEmbedding TSNE"},
    {"sklearn.metrics.*", Use::as_class,
     "ArgKmin ArgKmin32 ArgKmin64 ArgKminClassMode ArgKminClassMode32 ArgKminClassMode64 BrayCurtisDistance "
     "BrayCurtisDistance32 BrayCurtisDistance64 CanberraDistance CanberraDistance32 CanberraDistance64 "
     "ChebyshevDistance ChebyshevDistance32 ChebyshevDistance64 DiceDistance DiceDistance32 DiceDistance64 "
     "DistanceMetric EuclideanArgKmin32 EuclideanArgKmin64 EuclideanDistance EuclideanDistance32 EuclideanDistance64 "
     "EuclideanRadiusNeighbors32 EuclideanRadiusNeighbors64 HammingDistance HammingDistance32 HammingDistance64 "
     "HaversineDistance HaversineDistance32 HaversineDistance64 JaccardDistance JaccardDistance32 JaccardDistance64 "
     "KulsinskiDistance KulsinskiDistance32 KulsinskiDistance64 MahalanobisDistance MahalanobisDistance32 "
     "MahalanobisDistance64 ManhattanDistance ManhattanDistance32 ManhattanDistance64 MatchingDistance "
     "MatchingDistance32 MatchingDistance64 MinkowskiDistance MinkowskiDistance32 MinkowskiDistance64 "
     "RadiusNeighbors RadiusNeighbors32 RadiusNeighbors64 RadiusNeighborsClassMode RadiusNeighborsClassMode32 "
     "RadiusNeighborsClassMode64 RogersTanimotoDistance RogersTanimotoDistance32 RogersTanimotoDistance64 "
     "RussellRaoDistance RussellRaoDistance32 RussellRaoDistance64 SEuclideanDistance SEuclideanDistance32 "
     "SEuclideanDistance64 SokalMichenerDistance SokalMichenerDistance32 SokalMichenerDistance64 SokalSneathDistance "
     "SokalSneathDistance32 SokalSneathDistance64 WMinkowskiDistance WMinkowskiDistance32 _BaseScorer _CurveScorer "
     "_DeprecatedScorers _MultimetricScorer _PassthroughScorer _PredictScorer _ProbaScorer _Scorer _ThresholdScorer"},
    {"sklearn.mixture.*", Use::as_class, "BaseMixture BayesianGaussianMixture DPGMM GMM GaussianMixture VBGMM"},
    {"sklearn.model_selection.*", Use::as_class,
     "BaseCrossValidator BaseSearchCV BaseShuffleSplit BaseSuccessiveHalving BaseThresholdClassifier "
     "FixedThresholdClassifier GridSearchCV GroupKFold GroupShuffleSplit GroupsConsumerMixin HalvingGridSearchCV "
     "HalvingRandomSearchCV KFold LeaveOneGroupOut LeaveOneOut LeavePGroupsOut LeavePOut ParameterGrid "
     "ParameterSampler PredefinedSplit RandomizedSearchCV RepeatedKFold RepeatedStratifiedKFold ShuffleSplit "
     "StratifiedGroupKFold StratifiedKFold StratifiedShuffleSplit TimeSeriesSplit TunedThresholdClassifierCV "
     "_BaseKFold _CVIterableWrapper _RepeatedSplits _SubsampleMetaSplitter _UnsupportedGroupCVMixin"},
    {"sklearn.multiclass.*", Use::as_class,
     "OneVsOneClassifier OneVsRestClassifier OutputCodeClassifier _ConstantPredictor"},
    {"sklearn.multioutput.*", Use::as_class,
     "ClassifierChain MultiOutputClassifier MultiOutputRegressor RegressorChain _BaseChain _MultiOutputEstimator"},
    {"sklearn.naive_bayes.*", Use::as_class,
     "BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB _BaseDiscreteNB _BaseNB"},
    {"sklearn.neighbors.*", Use::as_class,
     "BallTree BallTree32 BallTree64 BinaryTree BinaryTree32 BinaryTree64 DistanceMetric KDTree KDTree32 KDTree64 "
     "KNeighborsClassifier KNeighborsMixin KNeighborsRegressor KNeighborsTransformer KernelDensity LSHForest "
     "LocalOutlierFactor NearestCentroid NearestNeighbors NeighborhoodComponentsAnalysis NeighborsBase "
     "RadiusNeighborsClassifier RadiusNeighborsMixin RadiusNeighborsRegressor RadiusNeighborsTransformer _QuadTree"},
    {"sklearn.neural_network.*", Use::as_class,
     "AdamOptimizer BaseMultilayerPerceptron BaseOptimizer BernoulliRBM MLPClassifier MLPRegressor SGDOptimizer"},
    {"sklearn.pipeline.*", Use::as_class, "FeatureUnion Pipeline"},
    {"sklearn.preprocessing.*", Use::as_class,
     "Binarizer CategoricalEncoder FunctionTransformer Imputer KBinsDiscretizer KernelCenterer LabelBinarizer "
     "LabelEncoder MaxAbsScaler MinMaxScaler MultiLabelBinarizer Normalizer OneHotEncoder OrdinalEncoder "
     "PolynomialFeatures PowerTransformer QuantileTransformer RobustScaler SplineTransformer StandardScaler "
     "TargetEncoder _BaseEncoder"},
    {"sklearn.random_projection.*", Use::as_class,
     "BaseRandomProjection GaussianRandomProjection SparseRandomProjection"},
    {"sklearn.semi_supervised.*", Use::as_class,
     "BaseLabelPropagation LabelPropagation LabelSpreading SelfTrainingClassifier"},
    {"sklearn.svm.*", Use::as_class, "BaseLibSVM BaseSVC LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR"},
    {"sklearn.tree.*", Use::as_class,
     "BaseDecisionTree BaseDenseSplitter BaseSparseSplitter BestSparseSplitter BestSplitter ClassificationCriterion "
     "Criterion DecisionTreeClassifier DecisionTreeRegressor DensePartitioner Entropy ExtraTreeClassifier "
     "ExtraTreeRegressor FriedmanMSE Gini MAE MSE Poisson PresortBestSplitter RandomSparseSplitter RandomSplitter "
     "RegressionCriterion SparsePartitioner Splitter WeightedFenwickTree WeightedMedianCalculator WeightedPQueue "
     "_AlphaPruner _CCPPruneController _PathFinder"},
    {"sklearn.utils.*", Use::as_class,
     "Bunch IntFloatDict MetadataRequest MethodMetadataRequest MethodPair RequestMethod MetadataRouter "
     "WeightVector WeightVector32 WeightVector64 _nandict MissingValues"},
    // What compiled classes are made from: only numbers and arrays.
    {"sklearn._loss.*", Use::any,
     "CyAbsoluteError CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss CyHalfPoissonLoss "
     "CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity CyHuberLoss CyLossFunction CyPinballLoss"},
    {"sklearn.linear_model.*", Use::any,
     "Classification EpsilonInsensitive Hinge Huber Log LossFunction ModifiedHuber MultinomialLogLoss32 "
     "MultinomialLogLoss64 Regression SquaredEpsilonInsensitive SquaredHinge SquaredLoss"},
    {"sklearn.tree.*", Use::any, "Tree"},
    {"sklearn.neighbors.*", Use::any, "newObj"},
    {"sklearn.metrics.*", Use::any, "newObj"},
});

// Functions that models refer to: scores, losses and the like. They compute with what they are given.
constexpr auto functions = std::to_array<AllowedNames>({
    {"sklearn.feature_selection.*", Use::any,
     "f_classif f_regression f_oneway chi2 r_regression mutual_info_classif mutual_info_regression"},
    {"sklearn.cluster.*", Use::as_class, "_kmeans_single_lloyd _kmeans_single_elkan lloyd_iter_chunked_dense"},
    {"sklearn.metrics.*", Use::as_class,
     "accuracy_score average_precision_score balanced_accuracy_score brier_score_loss cohen_kappa_score "
     "confusion_matrix d2_absolute_error_score d2_pinball_score d2_tweedie_score dcg_score explained_variance_score "
     "f1_score fbeta_score hamming_loss hinge_loss jaccard_score log_loss matthews_corrcoef max_error "
     "mean_absolute_error mean_absolute_percentage_error mean_gamma_deviance mean_pinball_loss mean_poisson_deviance "
     "mean_squared_error mean_squared_log_error mean_tweedie_deviance median_absolute_error "
     "multilabel_confusion_matrix ndcg_score precision_score r2_score recall_score roc_auc_score "
     "root_mean_squared_error root_mean_squared_log_error top_k_accuracy_score zero_one_loss "
     "adjusted_mutual_info_score adjusted_rand_score completeness_score fowlkes_mallows_score homogeneity_score "
     "mutual_info_score normalized_mutual_info_score rand_score silhouette_score v_measure_score _passthrough_scorer "
     "rbf_kernel linear_kernel polynomial_kernel sigmoid_kernel cosine_similarity euclidean_distances "
     "manhattan_distances cosine_distances laplacian_kernel chi2_kernel"},
    {"sklearn.preprocessing.*", Use::as_class, "_identity normalize scale binarize"},
});

constexpr std::string_view cython_unpickle = "__pyx_unpickle_";

bool names_sklearn(std::string_view module) { return module == "sklearn" || module.starts_with("sklearn."); }

}  // namespace

Verdict allowed_sklearn(std::string_view module, std::string_view name) {
  if (!names_sklearn(module)) return {};
  // Cython's function that makes an instance of the class after which it is named.
  if (name.starts_with(cython_unpickle)) {
    const Verdict verdict = look_up(classes, module, name.substr(cython_unpickle.size()));
    return {verdict.safety, false};
  }
  const Verdict verdict = look_up(classes, module, name);
  return verdict.safety == domain::Safety::allowlisted ? verdict : look_up(functions, module, name);
}

}  // namespace mlops::formats::pickle
