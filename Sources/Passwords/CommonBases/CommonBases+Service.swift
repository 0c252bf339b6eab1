extension CommonBases {
    /// What accounts, machines and departments are called.
    static let service = """
        admin administrator administrateur adminadmin root toor rootroot superuser sysadmin system
        user username utilisateur guest invite invité visitor operator manager support service
        login connexion motdepasseadmin oracle mysql postgres cisco vagrant docker server serveur
        database backup public anonymous office compte account client adminpass adminpassword
        admins adm adminuser superadmin webadmin webmaster hostmaster postmaster sysop sysadm
        sysmaster dba dbadmin dbuser rootpass rootadmin toortoor roottoor letmeinroot guestguest
        guests useruser users tests testadmin demodemo demouser trial training staging production
        prod preprod recette dev devel development ops devops jenkins gitlab github kubernetes
        ansible puppet terraform nagios zabbix grafana kibana elastic elasticsearch logstash mongo
        mongodb redis mariadb postgresql mssql sqlserver sybase ftp ftpuser ftpadmin ssh telnet
        smtp imap mail mailer webmail email apache nginx tomcat jboss weblogic websphere wordpress
        joomla drupal magento prestashop phpmyadmin cpanel plesk vmware esxi citrix ubnt mikrotik
        netgear linksys dlink tplink zyxel huawei fortinet juniper ciscocisco enable raspberrypi
        arduino alpine debian centos redhat fedora suse kali kalilinux archlinux freebsd solaris
        backups archive servers serverpass data storage hosting host localhost domain domainadmin
        intranet extranet vpn vpnuser remote desktop rdp monitoring services helpdesk help hotline
        sales marketing accounting finance reception receptionist secretary corporate employee
        staff team supervisor contact info webdev clients customer customers member members membre
        membres abonne abonné inscription moncompte myaccount accounts signin signup loginlogin
        logon connect connection authentification authentication visiteur anonyme
        """
}
