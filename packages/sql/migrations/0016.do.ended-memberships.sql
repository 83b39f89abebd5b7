-- Ended memberships stay for as long as their conversation, not for thirty days as 0012 says: erasing what somebody wrote has
-- to find where he was. So nobody looks for those that ended long ago.

drop index if exists members_gone;
