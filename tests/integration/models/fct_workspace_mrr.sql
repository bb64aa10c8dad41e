select
    account_id,
    workspace,
    snapshot_on,
    mrr,
    tier,
    owner
from {{ ref('workspace_mrr_snapshots') }}
